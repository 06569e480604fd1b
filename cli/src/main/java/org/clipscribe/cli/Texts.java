package org.clipscribe.cli;

/// Text on its way to a terminal.
final class Texts {
  private Texts() {}

  /// File names may hold line breaks and terminal escapes: neither may reach a terminal or split a
  /// line of output.
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return line.toString();
  }

  /// The same for text of several lines, which stay.
  static String lines(String text) {
    StringBuilder lines = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                lines.appendCodePoint(
                    Character.isISOControl(c) && c != '\n' && c != '\t' ? '?' : c));
    return lines.toString();
  }

  /// An argument of a command line as a shell takes it.
  static String argument(String argument) {
    return argument.matches("[A-Za-z0-9_./:@%+=,-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  /// The end of a text that is too long for its place, marked as cut.
  static String tail(String text, int length) {
    return text.length() <= length ? text : "..." + text.substring(text.length() - length + 3);
  }
}
