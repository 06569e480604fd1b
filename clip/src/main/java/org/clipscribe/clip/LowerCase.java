package org.clipscribe.clip;

/// Lower case by the full mapping of Unicode 16, section 3.13, like Python's `str.lower`.
///
/// Differs: from `String.toLowerCase`, which looks for a sigma's neighbours within what
/// `BreakIterator` calls a word, searching the whole text again for each sigma.
final class LowerCase {
  private static final int CAPITAL_SIGMA = 'Σ';
  private static final char SMALL_SIGMA = 'σ';
  private static final char FINAL_SIGMA = 'ς';

  private LowerCase() {}

  static String of(String text) {
    StringBuilder result = new StringBuilder(text.length());
    boolean afterLetter = false; // whether the last character that is not ignorable is a cased one
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      switch (codePoint) {
        case CAPITAL_SIGMA -> {
          boolean ends = afterLetter && !letterFollows(text, at);
          result.append(ends ? FINAL_SIGMA : SMALL_SIGMA);
        }
        case 'İ' -> result.append("i\u0307"); // the only one that becomes two characters
        default -> result.appendCodePoint(Character.toLowerCase(codePoint));
      }
      if (!isIgnorable(codePoint)) {
        afterLetter = isCased(codePoint);
      }
    }
    return result.toString();
  }

  private static boolean letterFollows(String text, int from) {
    int at = from;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (!isIgnorable(codePoint)) {
        return isCased(codePoint);
      }
      at += Character.charCount(codePoint);
    }
    return false;
  }

  /// The property Cased.
  private static boolean isCased(int codePoint) {
    return Character.isLowerCase(codePoint)
        || Character.isUpperCase(codePoint)
        || Character.isTitleCase(codePoint);
  }

  /// The property Case_Ignorable: marks, formats, modifiers, and the punctuation that stands inside
  /// words (Word_Break is MidLetter, MidNumLet or Single_Quote).
  private static boolean isIgnorable(int codePoint) {
    return switch (codePoint) {
      case '\'', '.', ':', 0xB7, 0x387, 0x55F, 0x5F4, 0x2018, 0x2019, 0x2024, 0x2027 -> true;
      case 0xFE13, 0xFE52, 0xFE55, 0xFF07, 0xFF0E, 0xFF1A -> true;
      default ->
          switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                Character.ENCLOSING_MARK,
                Character.FORMAT,
                Character.MODIFIER_LETTER,
                Character.MODIFIER_SYMBOL ->
                true;
            default -> false;
          };
    };
  }
}
