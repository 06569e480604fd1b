package org.clipscribe.captioner.evaluation;

/// A line of text to look at from places in it, and kinds of characters as the tokenizer sees them.
///
/// Beyond the end there is a line break: what may follow a token is always there to be asked for.
record PtbText(String line) {
  int length() {
    return line.length();
  }

  char at(int i) {
    return i < line.length() ? line.charAt(i) : '\n';
  }

  /// Whether a text in lower case stands here, in any case of letters.
  boolean holds(int i, String lower) {
    return line.regionMatches(true, i, lower, 0, lower.length());
  }

  static boolean space(char c) {
    return c == ' '
        || c == '\t'
        || c == '\u00A0'
        || (c >= '\u2000' && c <= '\u200A')
        || c == '\u3000';
  }

  static boolean blank(char c) {
    return space(c) || (c >= '\n' && c <= '\r') || c == '\u0085' || c == '\u2028' || c == '\u2029';
  }

  static boolean ascii(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean asciiDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean alphanumeric(char c) {
    return ascii(c) || asciiDigit(c);
  }

  /// Letters and what belongs to them: accents that combine, soft hyphens.
  static boolean letter(char c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
      default -> Character.isLetter(c) || c == '\u00AD';
    };
  }

  static boolean letterOrDigit(char c) {
    return letter(c) || Character.isDigit(c);
  }

  static boolean plainLetterOrDigit(char c) {
    return Character.isLetterOrDigit(c);
  }

  static boolean apostrophe(char c) {
    return c == '\'' || c == '\u0092' || c == '\u2019';
  }

  /// Apostrophes and what is typed for one.
  static boolean apostropheLike(char c) {
    return apostrophe(c) || c == '`' || c == '\u0091' || c == '\u2018' || c == '\u201B';
  }

  static boolean hyphen(char c) {
    return c == '-' || c == '_' || c == '\u058A' || c == '\u2010' || c == '\u2011';
  }

  static boolean vowel(char c) {
    return "aeiouAEIOU".indexOf(c) >= 0;
  }

  // The rest is asked of places: the end of what starts there, or -1 when it does not.

  int lettersEnd(int i) {
    int end = i;
    while (Character.isLetter(at(end))) {
      end++;
    }
    return end;
  }

  int asciiEnd(int i) {
    int end = i;
    while (ascii(at(end))) {
      end++;
    }
    return end;
  }

  int digitsEnd(int i) {
    int end = i;
    while (Character.isDigit(at(end))) {
      end++;
    }
    return end;
  }

  int alphanumericEnd(int i) {
    int end = i;
    while (alphanumeric(at(end))) {
      end++;
    }
    return end;
  }

  int blankEnd(int i) {
    int end = i;
    while (end < length() && blank(at(end))) {
      end++;
    }
    return end;
  }
}
