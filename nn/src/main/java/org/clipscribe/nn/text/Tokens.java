package org.clipscribe.nn.text;

/// Tokens by id and ids by token.
interface Tokens {
  /// Ids go from 0 to below it.
  int size();

  /// The id of a token.
  ///
  /// @throws org.clipscribe.nn.BadInputException when there is no such token
  int require(String token);

  /// The token of an id.
  ///
  /// @throws IllegalArgumentException when the id is outside the vocabulary
  String token(int id);
}
