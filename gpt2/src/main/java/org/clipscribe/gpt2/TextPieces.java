package org.clipscribe.gpt2;

import java.util.Arrays;
import java.util.function.Consumer;

/// Turns tokens into text as they come. A character may be spread over several tokens: its text
/// waits until it is whole.
final class TextPieces {
  /// Tokens that wait at most. A character takes four at most, but a token may end one and begin
  /// the next; what is not done after this many is no text.
  private static final int LONGEST = 16;

  private final Gpt2Tokenizer tokenizer;
  private final Consumer<String> listener;
  private int[] waiting = {};

  TextPieces(Gpt2Tokenizer tokenizer, Consumer<String> listener) {
    this.tokenizer = tokenizer;
    this.listener = listener;
  }

  void add(int token) {
    waiting = Arrays.copyOf(waiting, waiting.length + 1);
    waiting[waiting.length - 1] = token;
    // What is cut off, or is no UTF-8 at all, decodes to a replacement character.
    if (waiting.length >= LONGEST || !tokenizer.decode(waiting).endsWith("\uFFFD")) {
      end();
    }
  }

  /// Hands on what waits, whole or not.
  void end() {
    if (waiting.length > 0) {
      listener.accept(tokenizer.decode(waiting));
      waiting = new int[0];
    }
  }
}
