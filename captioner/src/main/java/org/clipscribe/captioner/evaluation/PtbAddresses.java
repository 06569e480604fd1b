package org.clipscribe.captioner.evaluation;

import java.util.List;

/// Where addresses of the internet, names with a sign before them and names of files end; -1 when
/// none starts there.
final class PtbAddresses {
  private static final List<String> DOMAINS = List.of("com", "net", "org", "edu");

  private static final List<String> EXTENSIONS =
      List.of(
          ("bat bmp class cgi cpp c dll docx doc exe gif gz html htm h jar java jpeg jpg mov mp3"
                  + " pdf php pl png ppt ps py sql tar txt wav xml x zip")
              .split(" "));

  private final PtbText text;

  /// The last `@`: no address of a person starts behind it.
  private final int lastAt;

  /// Up to here no plain host starts, since the first stop is not where it should be.
  private int noHostBefore;

  PtbAddresses(PtbText text) {
    this.text = text;
    this.lastAt = text.line().lastIndexOf('@');
  }

  private boolean ends(int i, String excluded) {
    char c = text.at(i);
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || excluded.indexOf(c) >= 0;
  }

  private int run(int i, String excluded) {
    int end = i;
    while (!ends(end, excluded)) {
      end++;
    }
    return end;
  }

  int url(int i) {
    int start = text.holds(i, "https://") ? i + 8 : text.holds(i, "http://") ? i + 7 : -1;
    return start < 0 ? -1 : withoutPunctuation(start, run(start, "\"<>|(){}"));
  }

  /// At least two characters, the last of them no punctuation.
  private int withoutPunctuation(int start, int runEnd) {
    int end = runEnd;
    while (end > start && ".!?,-(){}".indexOf(text.at(end - 1)) >= 0) {
      end--;
    }
    return end >= start + 2 ? end : -1;
  }

  /// `www.example.com/page`, `example.org`.
  int site(int i) {
    int host = text.holds(i, "www.") ? worldWideWeb(i + 4) : plainHost(i);
    if (host < 0 || text.at(host) != '/') {
      return host;
    }
    return Math.max(host, withoutPunctuation(host + 1, run(host + 1, "\"<>|()")));
  }

  private int worldWideWeb(int i) {
    int found = -1;
    int start = i;
    for (int end = run(start, "\"<>|.!?(){},"); end > start && text.at(end) == '.'; ) {
      start = end + 1;
      int letters = Math.min(4, text.asciiEnd(start) - start);
      found = letters >= 2 ? start + letters : found;
      end = run(start, "\"<>|.!?(){},");
    }
    return found;
  }

  /// Of such names only lower-case ones without digits are known.
  private int plainHost(int i) {
    if (i < noHostBefore) {
      return -1;
    }
    int found = -1;
    int start = i;
    noHostBefore = text.at(label(i)) == '.' ? i : label(i);
    for (int end = label(start); end > start && text.at(end) == '.'; ) {
      start = end + 1;
      for (String domain : DOMAINS) {
        found = text.holds(start, domain) ? start + domain.length() : found;
      }
      end = label(start);
    }
    return found;
  }

  private int label(int i) {
    int end = i;
    while (!ends(end, "\"`'<>|.!?(){}$") && (text.at(end) < ',' || text.at(end) > '_')) {
      end++;
    }
    return end;
  }

  int email(int i) {
    int start = text.at(i) == '<' ? i + 1 : i;
    if (start >= lastAt || !PtbText.alphanumeric(text.at(start))) {
      return -1;
    }
    String excluded = "\"<>|(){}\u00A0";
    int limit = run(start, excluded);
    int sign = text.line().indexOf('@', start + 1);
    if (sign < 0 || sign >= limit) {
      return -1;
    }
    int end = sign + 1;
    while (end < limit && (text.at(end) != '.' || (end > sign + 1 && text.at(end - 1) != '.'))) {
      end++;
    }
    while (end > sign + 1 && text.at(end - 1) == '.') {
      end--;
    }
    if (end == sign + 1) {
      return -1;
    }
    return text.at(end) == '>' ? end + 1 : end;
  }

  /// `@name`, `#topic`.
  int mention(int i) {
    int end = i + 1;
    if (text.at(i) == '@' && (PtbText.ascii(text.at(end)) || text.at(end) == '_')) {
      while (PtbText.alphanumeric(text.at(end)) || text.at(end) == '_') {
        end++;
      }
      return end;
    }
    if (text.at(i) == '#') {
      while (PtbText.letter(text.at(end))) {
        end++;
      }
    }
    return end > i + 1 ? end : -1;
  }

  /// `img.001.jpg`, when a space or the end of a sentence follows.
  int file(int i) {
    int found = -1;
    int end = i;
    while (PtbText.letterOrDigit(text.at(end))) {
      while (PtbText.letterOrDigit(text.at(end))) {
        end++;
      }
      if (text.at(end) != '.') {
        break;
      }
      for (String extension : EXTENSIONS) {
        int last = end + 1 + extension.length();
        char next = text.at(last);
        if (text.holds(end + 1, extension) && (PtbText.blank(next) || ".?!,".indexOf(next) >= 0)) {
          found = last;
        }
      }
      end++;
    }
    return found;
  }
}
