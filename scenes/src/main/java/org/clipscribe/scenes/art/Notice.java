package org.clipscribe.scenes.art;

import java.util.List;
import org.clipscribe.scenes.ArtStyle;

/// Who drew the art, as the licences ask us to say.
final class Notice {
  private Notice() {}

  static String text(List<ArtStyle> styles) {
    StringBuilder text = new StringBuilder();
    for (ArtStyle style : styles) {
      long drawings = style.drawings().values().stream().mapToLong(List::size).sum();
      text.append(
          """
          %s
            Author:   %s
            Licence:  %s, %s
            Source:   %s
            Package:  npm %s %s
            Used:     %d drawings of %d concepts, %s

          """
              .formatted(
                  style.title(),
                  style.author(),
                  style.licence(),
                  url(style.licence()),
                  style.source(),
                  style.npmPackage(),
                  style.version(),
                  drawings,
                  style.drawings().size(),
                  style.training()
                      ? "for training"
                      : "never for training: to measure how an unseen style is recognised"));
    }
    return text.toString();
  }

  private static String url(String licence) {
    return switch (licence) {
      case "Apache-2.0" -> "https://www.apache.org/licenses/LICENSE-2.0";
      case "CC-BY-4.0" -> "https://creativecommons.org/licenses/by/4.0/";
      case "MIT" -> "https://opensource.org/license/mit";
      default -> throw new IllegalArgumentException("no address for the licence " + licence);
    };
  }
}
