package org.clipscribe.captioner.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// Captions and names as sources write them, into the form that data sets keep.
final class Captions {
  private Captions() {}

  /// One line without white space around it.
  static String clean(String caption) {
    return caption.strip().replaceAll("\\s*[\\r\\n\\u0085\\u2028\\u2029]+\\s*", " ");
  }

  /// Those that have text; the others are reported.
  static List<String> clean(List<String> captions, String origin, Problems problems) {
    List<String> clean = new ArrayList<>();
    for (String caption : captions) {
      String text = clean(caption);
      if (text.isEmpty()) {
        problems.report(Reason.EMPTY_CAPTION, origin, "the caption is empty");
      } else {
        clean.add(text);
      }
    }
    return clean;
  }

  /// Each line of a text file that is not blank.
  static List<String> ofText(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  /// What is wrong with the name of an image file, if anything: it must stay below the folder of
  /// images, whatever folder that will be.
  static Optional<String> fault(String name) {
    if (name.isEmpty()) {
      return Optional.of("the name of the image is empty");
    }
    if (name.indexOf('\0') >= 0) {
      return Optional.of("the name of the image holds a NUL");
    }
    boolean outside =
        name.startsWith("/")
            || name.indexOf('\\') >= 0
            || name.matches("[A-Za-z]:.*")
            || List.of(name.split("/")).contains("..");
    return outside
        ? Optional.of("the image \"" + name + "\" is not below the folder of images")
        : Optional.empty();
  }
}
