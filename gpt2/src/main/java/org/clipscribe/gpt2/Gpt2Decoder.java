package org.clipscribe.gpt2;

import java.nio.file.Path;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.clipscribe.nn.text.TokenTable;

/// GPT-2's tokens to text, the half of [Gpt2Tokenizer] that a program needs which only listens. It
/// opens some thirty times faster. Immutable, and so safe to share between threads.
public final class Gpt2Decoder {
  private final TokenTable tokens;
  private final int endOfText;

  private Gpt2Decoder(TokenTable tokens) {
    this.tokens = tokens;
    this.endOfText = tokens.id(Gpt2Tokenizer.END_OF_TEXT);
  }

  /// @param vocabJson GPT-2's `vocab.json`
  /// @throws BadInputException when it is missing or malformed
  public static Gpt2Decoder open(Path vocabJson) {
    return new Gpt2Decoder(TokenTable.open(vocabJson));
  }

  /// The same of a file in memory.
  public static Gpt2Decoder of(Document vocabJson) {
    return new Gpt2Decoder(TokenTable.of(vocabJson));
  }

  /// Number of tokens; ids go from 0 to below it.
  public int vocabularySize() {
    return tokens.size();
  }

  /// The token that ends a text, 50256 in OpenAI's vocabulary.
  public int endOfText() {
    return endOfText;
  }

  /// Decodes tokens, special ones included. Bytes that are not UTF-8 become U+FFFD.
  ///
  /// @throws IllegalArgumentException when a token is outside the vocabulary
  public String decode(int... ids) {
    return tokens.decode(ids);
  }

  /// Decodes and cleans as [Gpt2Tokenizer#decodeCleaned] does.
  ///
  /// @throws IllegalArgumentException when a token is outside the vocabulary
  public String decodeCleaned(int... ids) {
    return Gpt2Tokenizer.cleaned(decode(ids));
  }
}
