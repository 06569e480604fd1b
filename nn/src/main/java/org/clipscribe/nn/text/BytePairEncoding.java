package org.clipscribe.nn.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;

/// Byte-level byte-pair encoding (Sennrich et al., 2016; Radford et al., 2019): what the tokenizers
/// of GPT-2 and CLIP share. Each brings its own way of cutting text into words.
///
/// A word's UTF-8 bytes become one token each, then neighbours merge in the order of a list. Any
/// text can be encoded. Immutable, and so safe to share between threads.
public final class BytePairEncoding {
  private final Vocabulary vocabulary;
  private final Merges merges;
  private final int[] byteTokens;
  private final int[] lastByteTokens;

  private BytePairEncoding(Vocabulary vocabulary, Merges merges, String wordEnd) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.byteTokens = byteTokens(vocabulary, "");
    this.lastByteTokens = byteTokens(vocabulary, wordEnd);
  }

  /// Reads both files of a tokenizer.
  ///
  /// @param vocabJson ids by token, a JSON object
  /// @param mergesTxt a header line, then two tokens a line
  /// @param wordEnd what the token of a word's last byte ends in; `""` when words are not closed
  /// @throws BadInputException when a file is missing or malformed, when the two do not fit, or
  ///     when a byte has no token
  public static BytePairEncoding open(Path vocabJson, Path mergesTxt, String wordEnd) {
    Document vocabulary = Document.read(vocabJson, "a vocabulary");
    return of(vocabulary, Document.read(mergesTxt, "a list of merges"), wordEnd);
  }

  /// The same of files in memory.
  public static BytePairEncoding of(Document vocabJson, Document mergesTxt, String wordEnd) {
    Vocabulary vocabulary = Vocabulary.read(vocabJson);
    return new BytePairEncoding(vocabulary, Merges.read(mergesTxt, vocabulary), wordEnd);
  }

  private static int[] byteTokens(Vocabulary vocabulary, String wordEnd) {
    int[] tokens = new int[256];
    for (int value = 0; value < tokens.length; value++) {
      tokens[value] = vocabulary.require(ByteAlphabet.symbol((byte) value) + wordEnd);
    }
    return tokens;
  }

  /// Number of tokens; ids go from 0 to below it.
  public int size() {
    return vocabulary.size();
  }

  /// The id of a token by its text in the vocabulary.
  ///
  /// @throws BadInputException when the vocabulary lacks it
  public int id(String token) {
    return vocabulary.require(token);
  }

  /// Encodes one word.
  ///
  /// @param word well-formed, not empty
  /// @param sink gets the tokens in order
  public void encode(String word, IntConsumer sink) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int[] table = i == bytes.length - 1 ? lastByteTokens : byteTokens;
      tokens[i] = table[Byte.toUnsignedInt(bytes[i])];
    }
    Word merging = new Word(tokens, merges);
    merging.merge();
    merging.forEach(sink);
  }

  /// Joins the bytes of tokens and decodes them; what is not UTF-8 becomes U+FFFD. Word ends stay
  /// in as they are in the vocabulary.
  ///
  /// @throws IllegalArgumentException when an id is outside the vocabulary
  public String decode(int... ids) {
    return ByteAlphabet.decode(vocabulary, ids);
  }
}
