package org.clipscribe.gpt2;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.clipscribe.nn.text.BytePairEncoding;
import org.clipscribe.nn.text.SpecialTokens;
import org.clipscribe.nn.text.Utf8;

/// Text to GPT-2's tokens and back (Radford et al., 2019). Mirrors `GPT2Tokenizer` in Hugging Face
/// `tokenization_gpt2.py`. Immutable, and so safe to share between threads.
///
/// Nothing is normalised: decoding gives the encoded text back. Only a surrogate without a partner,
/// which UTF-8 cannot hold, comes back as U+FFFD.
public final class Gpt2Tokenizer {
  static final String END_OF_TEXT = "<|endoftext|>";

  private final BytePairEncoding encoding;
  private final int endOfText;
  private final SpecialTokens special;

  private Gpt2Tokenizer(BytePairEncoding encoding) {
    this.encoding = encoding;
    this.endOfText = encoding.id(END_OF_TEXT);
    this.special = new SpecialTokens(Map.of(END_OF_TEXT, endOfText));
  }

  /// @param vocabJson GPT-2's `vocab.json`
  /// @param mergesTxt GPT-2's `merges.txt`
  /// @throws BadInputException when a file is missing, malformed or does not fit the other
  public static Gpt2Tokenizer open(Path vocabJson, Path mergesTxt) {
    return new Gpt2Tokenizer(BytePairEncoding.open(vocabJson, mergesTxt, ""));
  }

  /// The same of files in memory.
  public static Gpt2Tokenizer of(Document vocabJson, Document mergesTxt) {
    return new Gpt2Tokenizer(BytePairEncoding.of(vocabJson, mergesTxt, ""));
  }

  /// Number of tokens; ids go from 0 to below it.
  public int vocabularySize() {
    return encoding.size();
  }

  /// The token that ends a text, 50256 in OpenAI's vocabulary.
  public int endOfText() {
    return endOfText;
  }

  /// Encodes a text. `<|endoftext|>` in it becomes [#endOfText()]; no special token is added.
  public int[] encode(String text) {
    IntStream.Builder tokens = IntStream.builder();
    special.split(
        Utf8.wellFormed(text),
        part -> Gpt2Words.forEach(part, word -> encoding.encode(word, tokens)),
        tokens);
    return tokens.build().toArray();
  }

  /// Decodes tokens, special ones included. Bytes that are not UTF-8 become U+FFFD.
  ///
  /// @throws IllegalArgumentException when a token is outside the vocabulary
  public String decode(int... tokens) {
    return encoding.decode(tokens);
  }

  /// Decodes and takes out the spaces that tokenized corpora have before punctuation and English
  /// contractions. Mirrors `clean_up_tokenization`, Hugging Face's default for decoding when the
  /// original captioner was written.
  ///
  /// @throws IllegalArgumentException when a token is outside the vocabulary
  public String decodeCleaned(int... tokens) {
    return cleaned(decode(tokens));
  }

  static String cleaned(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }
}
