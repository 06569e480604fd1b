package org.clipscribe.captioner.evaluation;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Punctuation: which signs form one token, and how the treebank writes them.
final class PtbMarks {
  private static final String QUOTES =
      "`\u2018\u2019\u201A\u201B\u201C\u201D\u0091\u0092\u0093\u0094\u201E\u201F\u2039\u203A\u00AB\u00BB";

  private static final Map<String, String> ENTITIES =
      Map.of(
          "&amp;", "&", "&lt;", "<", "&gt;", ">", "&quot;", "\"", "&apos;", "'", "&nbsp;", " ",
          "&mdash;", "--", "&ndash;", "--");

  private static final Pattern ENTITY = Pattern.compile("&[a-z]{2,5};");

  private static final Pattern CONTRACTION =
      Pattern.compile("(?i)[\u0092\u2019](?:[msd]|re|ve|ll)|n[\u0092\u2019\u0091\u2018\u201B]t");

  private static final Map<Character, String> WRITTEN =
      Map.ofEntries(
          Map.entry('(', "-LRB-"),
          Map.entry(')', "-RRB-"),
          Map.entry('[', "-LSB-"),
          Map.entry(']', "-RSB-"),
          Map.entry('{', "-LCB-"),
          Map.entry('}', "-RCB-"),
          Map.entry('\u2026', "..."),
          Map.entry('\u0085', "..."),
          Map.entry('\u0096', "--"),
          Map.entry('\u0097', "--"),
          Map.entry('\u2013', "--"),
          Map.entry('\u2014', "--"),
          Map.entry('\u2015', "--"),
          Map.entry('\u00BC', "1/4"),
          Map.entry('\u00BD', "1/2"),
          Map.entry('\u00BE', "3/4"),
          Map.entry('\u2153', "1/3"),
          Map.entry('\u2154', "2/3"),
          Map.entry('\u00A2', "cents"),
          Map.entry('\u00A3', "#"),
          Map.entry('\u00A4', "$"),
          Map.entry('\u20AC', "$"),
          Map.entry('\u0080', "$"),
          Map.entry('\u0091', "`"),
          Map.entry('\u2018', "`"),
          Map.entry('\u201B', "`"),
          Map.entry('\u2039', "`"),
          Map.entry('\u0092', "'"),
          Map.entry('\u2019', "'"),
          Map.entry('\u203A', "'"),
          Map.entry('\u0093', "``"),
          Map.entry('\u201C', "``"),
          Map.entry('\u00AB', "``"),
          Map.entry('\u0094', "''"),
          Map.entry('\u201D', "''"),
          Map.entry('\u00BB', "''"));

  private PtbMarks() {}

  /// Where the sign or run of signs at a place ends; the place itself for a space and for what is
  /// left out.
  static int end(PtbText text, int i) {
    char c = text.at(i);
    if (c == '&') {
      String entity = entity(text, i);
      return i + Math.max(1, entity.length());
    }
    if ("-@_*#".indexOf(c) >= 0) {
      return run(text, i, c, c);
    }
    if (c == '?' || c == '!') {
      return run(text, i, '?', '!');
    }
    if (c == '\'' && text.at(i + 1) == '\'') {
      return i + 2;
    }
    if ((c == '<' || c == '>') && text.at(i + 1) == c) {
      return i + 2;
    }
    if (QUOTES.indexOf(c) >= 0) {
      return QUOTES.indexOf(text.at(i + 1)) >= 0 ? i + 2 : i + 1;
    }
    return kept(c) ? i + 1 : i;
  }

  private static int run(PtbText text, int i, char a, char b) {
    int end = i;
    while (text.at(end) == a || text.at(end) == b) {
      end++;
    }
    return end;
  }

  private static String entity(PtbText text, int i) {
    Matcher matcher = ENTITY.matcher(text.line()).region(i, Math.min(i + 7, text.length()));
    return matcher.lookingAt() && ENTITIES.containsKey(matcher.group()) ? matcher.group() : "";
  }

  /// Signs that are tokens of their own. What is none, such as emoji, is left out.
  private static boolean kept(char c) {
    return switch (Character.getType(c)) {
      case Character.SURROGATE,
          Character.CONTROL,
          Character.FORMAT,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          WRITTEN.containsKey(c);
      default -> !PtbText.blank(c);
    };
  }

  /// How a token is written.
  ///
  /// @param known whether it is one at all
  static String written(PtbText text, int from, int to, boolean known) {
    if (!known) {
      return "";
    }
    String token = text.line().substring(from, to);
    if (token.equals("\"") || token.equals("&quot;")) {
      boolean opens = PtbText.alphanumeric(text.at(to)) || text.at(to) == '$';
      return opens ? "``" : "''";
    }
    if (token.equals("'")) {
      boolean opens = PtbText.ascii(text.at(to)) && !PtbText.blank(text.at(to + 1));
      return opens ? "`" : "'";
    }
    if (token.charAt(0) == '.' && token.length() > 2 && token.endsWith(".")) {
      return "...";
    }
    if (token.startsWith("---") && token.length() <= 4 && token.endsWith("-")) {
      return "--";
    }
    if (CONTRACTION.matcher(token).matches()) {
      return token.replaceAll("[\u0092\u2019]", "'").replaceAll("[\u0091\u2018\u201B]", "`");
    }
    return ENTITIES.getOrDefault(token, spelled(token));
  }

  private static boolean partOfFace(int c) {
    return ":;=".indexOf(c) >= 0;
  }

  /// Signs by their treebank names, round brackets also within a token; words lose soft hyphens.
  /// A contraction gets a plain apostrophe, any other word keeps the one it came with.
  private static String spelled(String token) {
    boolean sign = token.length() <= 2 && token.chars().noneMatch(PtbMarks::partOfFace);
    StringBuilder written = new StringBuilder(token.length());
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c != '\u00AD' && (sign || c == '(' || c == ')')) {
        written.append(WRITTEN.getOrDefault(c, String.valueOf(c)));
      } else if (c != '\u00AD') {
        written.append(c);
      }
    }
    return written.isEmpty() ? "-" : written.toString();
  }
}
