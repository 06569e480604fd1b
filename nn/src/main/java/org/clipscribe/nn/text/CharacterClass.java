package org.clipscribe.nn.text;

/// The four kinds of characters that pre-tokenizers tell apart: every code point is of exactly one.
///
/// The same classes as in Python's `regex` module, which the models were trained with. Written out,
/// because `\s` of `java.util.regex` means something else in either of its modes.
public enum CharacterClass {
  /// `\s`: the Unicode property White_Space.
  SPACE,
  /// `\p{L}`: letters of all kinds; marks are not among them.
  LETTER,
  /// `\p{N}`: decimal digits, letter numbers such as `Ⅷ` and others such as `½`.
  NUMBER,
  /// `[^\s\p{L}\p{N}]`: the rest, unassigned code points included.
  OTHER;

  public static CharacterClass of(int codePoint) {
    if (isWhiteSpace(codePoint)) {
      return SPACE;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      default -> OTHER;
    };
  }

  /// Where the run of characters of this class that starts at `from` ends; `from` itself when the
  /// character there is of another class.
  public int endOfRun(String text, int from) {
    int at = from;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (of(codePoint) != this) {
        break;
      }
      at += Character.charCount(codePoint);
    }
    return at;
  }

  private static boolean isWhiteSpace(int codePoint) {
    return switch (codePoint) {
      case '\t', '\n', 0x0B, '\f', '\r', 0x85 -> true; // controls, by the property's own list
      default -> Character.isSpaceChar(codePoint); // the separators: space, line, paragraph
    };
  }
}
