package org.clipscribe.gpt2;

import static org.clipscribe.nn.text.CharacterClass.SPACE;

import java.util.List;
import java.util.function.Consumer;
import org.clipscribe.nn.text.CharacterClass;

/// Cuts text into the words within which GPT-2 merges bytes. Does in one pass what this pattern of
/// OpenAI's `encoder.py` says, with the classes of Python's `regex`:
/// ```
/// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
/// ```
final class Gpt2Words {
  private static final List<String> CONTRACTIONS =
      List.of("'s", "'t", "'re", "'ve", "'m", "'ll", "'d");

  private Gpt2Words() {}

  /// @param sink gets the words in order; joined they are the text
  static void forEach(String text, Consumer<String> sink) {
    int at = 0;
    while (at < text.length()) {
      int end = endOfWord(text, at);
      sink.accept(text.substring(at, end));
      at = end;
    }
  }

  private static int endOfWord(String text, int at) {
    for (String contraction : CONTRACTIONS) {
      if (text.startsWith(contraction, at)) {
        return at + contraction.length();
      }
    }
    int start = text.charAt(at) == ' ' && at + 1 < text.length() ? at + 1 : at;
    CharacterClass kind = CharacterClass.of(text.codePointAt(start));
    if (kind != SPACE) {
      return kind.endOfRun(text, start);
    }
    // Of several spaces before a word, the last is left to the word: \s+(?!\S) gives it back.
    int end = SPACE.endOfRun(text, at);
    return end == text.length() || end == at + 1 ? end : end - 1;
  }
}
