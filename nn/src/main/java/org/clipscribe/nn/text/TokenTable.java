package org.clipscribe.nn.text;

import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;

/// From tokens to text, for programs that only decode. Immutable, and so safe to share between
/// threads.
///
/// A [BytePairEncoding] makes a hundred thousand objects, which takes most of a second of a JVM
/// that was just started. This only notes where in `vocab.json` each token stands, and parses those
/// that it decodes.
///
/// Differs: a file with one token twice is not refused, and malformed text in a token only when it
/// is decoded.
public final class TokenTable {
  private final Tokens tokens;

  private TokenTable(Tokens tokens) {
    this.tokens = tokens;
  }

  /// @param vocabJson ids by token, a JSON object
  /// @throws BadInputException when it is no such object, or the ids are not 0 to below the number
  ///     of tokens, each once
  public static TokenTable open(Path vocabJson) {
    return of(Document.read(vocabJson, "a vocabulary"));
  }

  /// The same of a file in memory.
  public static TokenTable of(Document vocabJson) {
    PlainVocabulary plain = PlainVocabulary.of(vocabJson.origin(), vocabJson.bytes());
    // The strict reader says what is wrong.
    return new TokenTable(plain == null ? Vocabulary.read(vocabJson) : plain);
  }

  /// Number of tokens; ids go from 0 to below it.
  public int size() {
    return tokens.size();
  }

  /// The id of a token by its text in the vocabulary.
  ///
  /// @throws BadInputException when the vocabulary lacks it
  public int id(String token) {
    return tokens.require(token);
  }

  /// Joins the bytes of tokens and decodes them; what is not UTF-8 becomes U+FFFD. Word ends stay
  /// in as they are in the vocabulary.
  ///
  /// @throws IllegalArgumentException when an id is outside the vocabulary
  public String decode(int... ids) {
    return ByteAlphabet.decode(tokens, ids);
  }
}
