package org.clipscribe.captioner.evaluation;

/// Where words, numbers and abbreviations end.
///
/// Each method says where what starts at a place ends, or -1 when no such thing starts there.
final class PtbWords {
  private final PtbText text;

  /// From the last start asked for up to here there is no hyphen to be found: long lists without
  /// spaces would take quadratic time otherwise.
  private int noHyphenBefore;

  PtbWords(PtbText text) {
    this.text = text;
  }

  /// Letters and digits from a letter on, also several such words with a stop between two: people
  /// forget the space.
  int word(int i) {
    if (!PtbText.letter(text.at(i))) {
      return -1;
    }
    int end = i + 1;
    while (true) {
      while (PtbText.letterOrDigit(text.at(end))) {
        end++;
      }
      char c = text.at(end);
      if ((c != '.' && c != '!' && c != '?') || !PtbText.letter(text.at(end + 1))) {
        return end;
      }
      end += 2;
    }
  }

  /// `'s`, `'m`, `'d`, `'re`, `'ve`, `'ll`.
  int clitic(int i) {
    if (!PtbText.apostrophe(text.at(i))) {
      return -1;
    }
    if (text.holds(i + 1, "re") || text.holds(i + 1, "ve") || text.holds(i + 1, "ll")) {
      return i + 3;
    }
    return "msdMSD".indexOf(text.at(i + 1)) >= 0 ? i + 2 : -1;
  }

  /// `n't`.
  int negation(int i) {
    return text.holds(i, "n") && PtbText.apostropheLike(text.at(i + 1)) && text.holds(i + 2, "t")
        ? i + 3
        : -1;
  }

  /// What stands before an `n't`: letters, the last of them no n.
  int negated(int i) {
    int end = i;
    while (PtbText.ascii(text.at(end)) || text.at(end) == '\u00AD') {
      end++;
    }
    int n = end - 1;
    if (n <= i || negation(n) < 0) {
      return -1;
    }
    int last = n - 1;
    while (last > i && text.at(last) == '\u00AD') {
      last--;
    }
    return PtbText.ascii(text.at(last)) && !text.holds(last, "n") ? n : -1;
  }

  /// Letters and digits with hyphens between: `black-and-white`, also `trompe-l'oeil`.
  int hyphenated(int i) {
    int end = part(i);
    while (end > 0 && PtbText.hyphen(text.at(end))) {
      int next = part(end + 1);
      if (next < 0) {
        break;
      }
      end = next;
    }
    return end;
  }

  private int part(int i) {
    int start = i;
    if ("dDoOlL".indexOf(text.at(i)) >= 0
        && PtbText.apostropheLike(text.at(i + 1))
        && PtbText.plainLetterOrDigit(text.at(i + 2))
        && PtbText.plainLetterOrDigit(text.at(i + 3))) {
      start = i + 3;
    }
    int end = start;
    while (PtbText.plainLetterOrDigit(text.at(end))) {
      end++;
    }
    return end > start ? end : -1;
  }

  /// With a hyphen for sure, and stops and commas before it: `1,000-foot`, `non-U.S.`.
  int compound(int i) {
    if (i < noHyphenBefore || !PtbText.alphanumeric(text.at(i))) {
      return -1;
    }
    int end = i + 1;
    while (PtbText.alphanumeric(text.at(end)) || ".,\u00AD".indexOf(text.at(end)) >= 0) {
      end++;
    }
    if (text.at(end) != '-') {
      noHyphenBefore = end;
      return -1;
    }
    int found = -1;
    while (text.at(end) == '-') {
      int next = Math.max(acronym(end + 1, 2), alphanumericOrSoftEnd(end + 1));
      if (next <= end + 1) {
        break;
      }
      end = next;
      found = end;
    }
    return found;
  }

  private int alphanumericOrSoftEnd(int i) {
    int end = i;
    while (PtbText.alphanumeric(text.at(end)) || text.at(end) == '\u00AD') {
      end++;
    }
    return end;
  }

  /// Single letters with a stop behind each: `e.g.`.
  ///
  /// @param least how many letters it must have
  int acronym(int i, int least) {
    int end = i;
    int letters = 0;
    while (PtbText.ascii(text.at(end)) && text.at(end + 1) == '.') {
      end += 2;
      letters++;
    }
    return letters >= least ? end : -1;
  }

  /// Digits, in groups with stops, colons or commas before them: `1,000`, `10:30`, `.5`.
  int number(int i) {
    int start = text.at(i) == '-' || text.at(i) == '+' ? i + 1 : i;
    int end = text.digitsEnd(start);
    while (".:,\u00AD\u066B\u066C".indexOf(text.at(end)) >= 0
        && Character.isDigit(text.at(end + 1))) {
      end = text.digitsEnd(end + 1);
    }
    return end > start ? end : -1;
  }

  /// Two or three words with slashes between them: `and/or`.
  int slashed(int i) {
    int end = slashedPart(i);
    int slashes = 0;
    while (end > 0 && slashes < 2) {
      int slash = text.at(end) == '\\' ? end + 1 : end;
      int next = text.at(slash) == '/' ? slashedPart(slash + 1) : -1;
      if (next < 0) {
        break;
      }
      end = next;
      slashes++;
    }
    return slashes > 0 ? end : -1;
  }

  private int slashedPart(int i) {
    int end = text.alphanumericEnd(i);
    if (end == i) {
      return -1;
    }
    for (int more = 0; more < 2 && text.at(end) == '-'; more++) {
      int next = text.asciiEnd(end + 1);
      if (next == end + 1) {
        break;
      }
      end = next;
    }
    return end;
  }

  /// Capitals joined by `&` or `+`: `AT&T`.
  int joinedCapitals(int i) {
    int end = capitals(i);
    int found = -1;
    while (end > i && (text.at(end) == '&' || text.at(end) == '+')) {
      int next = text.holds(end, "&amp;") ? end + 5 : end + 1;
      int more = capitals(next);
      if (more == next) {
        break;
      }
      end = more;
      found = end;
    }
    return found;
  }

  private int capitals(int i) {
    int end = i;
    while (text.at(end) >= 'A' && text.at(end) <= 'Z') {
      end++;
    }
    return end;
  }

  /// `$`, also with capitals before it, as in `US$`.
  int dollar(int i) {
    int end = capitals(i);
    return text.at(end) == '$' ? end + 1 : -1;
  }
}
