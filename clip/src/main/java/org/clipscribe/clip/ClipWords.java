package org.clipscribe.clip;

import static org.clipscribe.nn.text.CharacterClass.NUMBER;
import static org.clipscribe.nn.text.CharacterClass.SPACE;

import java.util.List;
import java.util.function.Consumer;
import org.clipscribe.nn.text.CharacterClass;

/// Cuts cleaned text into the words within which CLIP merges bytes. Does in one pass what this
/// pattern of OpenAI's `simple_tokenizer.py` says, ignoring case, with the classes of Python's
/// `regex`:
/// ```
/// <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
/// ```
/// Differs: a combining iota U+0345 of its own stays in the text. Python's `regex`, told to ignore
/// case, finds it in none of these classes and drops it.
final class ClipWords {
  private static final List<String> LITERALS =
      List.of(
          ClipTokenizer.START_OF_TEXT,
          ClipTokenizer.END_OF_TEXT,
          "'s",
          "'t",
          "'re",
          "'ve",
          "'m",
          "'ll",
          "'d");

  private ClipWords() {}

  /// @param text in lower case
  /// @param sink gets the words in order, without the white space between them
  static void forEach(String text, Consumer<String> sink) {
    int at = SPACE.endOfRun(text, 0);
    while (at < text.length()) {
      int end = endOfWord(text, at);
      sink.accept(text.substring(at, end));
      at = SPACE.endOfRun(text, end);
    }
  }

  private static int endOfWord(String text, int at) {
    for (String literal : LITERALS) {
      if (startsWith(text, at, literal)) {
        return at + literal.length();
      }
    }
    CharacterClass kind = CharacterClass.of(text.codePointAt(at));
    // Numbers go digit by digit, so that a model need not learn each.
    return kind == NUMBER ? text.offsetByCodePoints(at, 1) : kind.endOfRun(text, at);
  }

  /// Ignoring case in a text that is in lower case already: what is left is the long s, which
  /// counts as an s.
  private static boolean startsWith(String text, int at, String literal) {
    if (text.length() - at < literal.length()) {
      return false;
    }
    for (int i = 0; i < literal.length(); i++) {
      char c = text.charAt(at + i);
      if ((c == 'ſ' ? 's' : c) != literal.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
