package org.clipscribe.scenes.art;

import java.util.List;
import java.util.Locale;
import org.clipscribe.nn.BadInputException;

/// What an SVG from elsewhere must not contain before anything parses it. Drawings need shapes,
/// gradients, masks and filters; they need no entities, scripts, text or pictures from elsewhere.
final class SvgRules {
  /// The longest of the drawings in use has under 200,000 characters.
  private static final int MAX_CHARACTERS = 2_000_000;

  private static final List<String> REFUSED =
      List.of(
          "<!",
          "<?",
          "<script",
          "<image",
          "<foreignobject",
          "<iframe",
          "<style",
          "url(http",
          "href=\"http",
          "href=\"file",
          "href=\"data",
          "href=\"/",
          "javascript:");

  private SvgRules() {}

  /// @throws BadInputException naming what is refused
  static void check(String body, String origin) {
    if (body.length() > MAX_CHARACTERS) {
      throw new BadInputException(origin, "the drawing has " + body.length() + " characters");
    }
    String lower = body.toLowerCase(Locale.ROOT);
    for (String refused : REFUSED) {
      if (lower.contains(refused)) {
        throw new BadInputException(origin, "the drawing contains " + refused + "; it is refused");
      }
    }
  }
}
