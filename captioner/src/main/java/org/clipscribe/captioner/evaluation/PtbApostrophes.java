package org.clipscribe.captioner.evaluation;

import java.util.List;

/// Words with an apostrophe in them that stay one.
final class PtbApostrophes {
  private static final List<String> WHOLE =
      List.of(
          "cont'd.", "cont'd", "nor'easter", "c'mon", "e'er", "s'mores", "ev'ry", "li'l", "nat'l");

  /// Here the apostrophe can be a curly one.
  private static final List<String> BEFORE = List.of("dunkin", "somethin", "ol", "l", "d", "j");

  private static final List<String> AFTER = List.of("em", "till", "til", "cause");

  private final PtbText text;

  PtbApostrophes(PtbText text) {
    this.text = text;
  }

  /// Where the longest such word ends, or -1.
  int end(int i) {
    int end = -1;
    for (String word : WHOLE) {
      end = text.holds(i, word) ? Math.max(end, i + word.length()) : end;
    }
    for (String word : BEFORE) {
      if (text.holds(i, word) && PtbText.apostrophe(text.at(i + word.length()))) {
        end = Math.max(end, i + word.length() + 1);
      }
    }
    return Math.max(Math.max(end, fromApostrophe(i)), Math.max(name(i), borrowed(i)));
  }

  /// `'em`, `'90s`, `'n'`.
  private int fromApostrophe(int i) {
    if (!PtbText.apostrophe(text.at(i))) {
      return -1;
    }
    int end = -1;
    for (String word : AFTER) {
      end = text.holds(i + 1, word) ? Math.max(end, i + 1 + word.length()) : end;
    }
    if (text.holds(i + 1, "n")) {
      end = Math.max(end, PtbText.apostrophe(text.at(i + 2)) ? i + 3 : i + 2);
    }
    char decade = text.at(i + 1);
    if (decade >= '2' && decade <= '9' && text.holds(i + 2, "0s")) {
      end = Math.max(end, i + 4);
    }
    return end;
  }

  /// `O'Brien`, `O'o`: a capital, though neither I nor Y, which contract.
  private int name(int i) {
    char c = text.at(i);
    boolean capital = (c >= 'A' && c <= 'Z' && c != 'I' && c != 'Y') || c == 'n';
    if (!PtbText.apostropheLike(text.at(i + 1))) {
      return -1;
    }
    int end = text.lettersEnd(i + 2);
    if (capital && end >= i + 4) {
      return end;
    }
    return text.holds(i, "o") && text.holds(i + 2, "o") ? i + 3 : -1;
  }

  /// `ma'am`, `Hallowe'en`: a vowel on either side, or a capital behind.
  private int borrowed(int i) {
    int end = text.lettersEnd(i);
    if (end < i + 2 || !PtbText.apostropheLike(text.at(end))) {
      return -1;
    }
    char before = text.at(end - 1);
    char after = text.at(end + 1);
    boolean joins = "aeiou".indexOf(after) >= 0 || (after >= 'A' && after <= 'Z');
    return (PtbText.vowel(before) || before == 'y' || before == 'Y') && joins
        ? text.lettersEnd(end + 2)
        : -1;
  }
}
