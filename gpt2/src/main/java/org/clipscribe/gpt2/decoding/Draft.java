package org.clipscribe.gpt2.decoding;

import java.util.Arrays;

/// A text in the making: the tokens it began with and those added since. Immutable, so that the
/// beams of a search can go on from the same one.
public final class Draft {
  private final int[] tokens;
  private final int promptLength;

  private Draft(int[] tokens, int promptLength) {
    this.tokens = tokens;
    this.promptLength = promptLength;
  }

  /// A text that nothing was added to.
  public static Draft of(int... prompt) {
    return new Draft(prompt.clone(), prompt.length);
  }

  /// The text with one more token.
  public Draft plus(int token) {
    int[] longer = Arrays.copyOf(tokens, tokens.length + 1);
    longer[tokens.length] = token;
    return new Draft(longer, promptLength);
  }

  /// Number of tokens, those of the prompt included.
  public int length() {
    return tokens.length;
  }

  /// Number of tokens added to the prompt.
  public int added() {
    return tokens.length - promptLength;
  }

  /// A token, counted from the beginning of the prompt.
  public int token(int index) {
    return tokens[index];
  }

  /// The tokens added to the prompt, or the last of them.
  ///
  /// @param most how many at most
  public int[] lastAdded(int most) {
    return Arrays.copyOfRange(tokens, tokens.length - Math.min(most, added()), tokens.length);
  }
}
