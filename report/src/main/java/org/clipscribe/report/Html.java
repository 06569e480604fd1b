package org.clipscribe.report;

import java.util.Base64;

/// A piece of HTML, known to be well-formed: text comes in through [#text] or [#element] and is
/// escaped there, so that a caption can never become markup.
///
/// @param code what stands in the page
public record Html(String code) {
  public static final Html EMPTY = new Html("");

  /// Any text. Control characters that HTML forbids become U+FFFD, and so do halves of surrogate
  /// pairs. Directions are isolated: a text that runs from right to left, or changes the direction
  /// and never changes it back, does not reach the text around it.
  public static Html text(String text) {
    StringBuilder code = new StringBuilder(text.length() + 16).append("<bdi>");
    text.codePoints().forEach(c -> append(code, c));
    return new Html(code.append("</bdi>").toString());
  }

  private static void append(StringBuilder code, int c) {
    switch (c) {
      case '&' -> code.append("&amp;");
      case '<' -> code.append("&lt;");
      case '>' -> code.append("&gt;");
      case '"' -> code.append("&quot;");
      case '\'' -> code.append("&#39;");
      default -> code.appendCodePoint(forbidden(c) ? 0xFFFD : c);
    }
  }

  private static boolean forbidden(int c) {
    return (Character.isISOControl(c) && c != '\n' && c != '\t')
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
        || (c & 0xFFFE) == 0xFFFE;
  }

  /// A text as the value of an attribute, to be put between double quotes.
  public static String attribute(String text) {
    StringBuilder code = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(code, c));
    return code.toString();
  }

  /// `<name class="style">content</name>`.
  ///
  /// @param style names of classes, maybe none
  public static Html element(String name, String style, Html... content) {
    StringBuilder code = new StringBuilder().append('<').append(name);
    if (!style.isEmpty()) {
      code.append(" class=\"").append(attribute(style)).append('"');
    }
    code.append('>');
    for (Html piece : content) {
      code.append(piece.code);
    }
    return new Html(code.append("</").append(name).append('>').toString());
  }

  /// A picture that is part of the page.
  ///
  /// @param file a PNG, JPEG or GIF file
  /// @param description for who cannot see it
  public static Html picture(byte[] file, String description) {
    String kind = file.length > 1 && file[0] == (byte) 0xFF ? "jpeg" : "png";
    if (file.length > 1 && file[0] == 'G') {
      kind = "gif";
    }
    return new Html(
        "<img loading=\"lazy\" alt=\"%s\" src=\"data:image/%s;base64,%s\">"
            .formatted(attribute(description), kind, Base64.getEncoder().encodeToString(file)));
  }

  public Html plus(Html other) {
    return new Html(code + other.code);
  }

  public static Html join(Iterable<Html> pieces) {
    StringBuilder code = new StringBuilder();
    pieces.forEach(piece -> code.append(piece.code));
    return new Html(code.toString());
  }
}
