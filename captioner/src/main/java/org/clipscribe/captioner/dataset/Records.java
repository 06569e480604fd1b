package org.clipscribe.captioner.dataset;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// JSON objects that say an image and its captions in the words that tools use, into rows.
///
/// The image is `file_name`, `filename` (below `filepath`, if there is one), `file`, `image`,
/// `image_name` or, as ClipCap has it, the number of a COCO picture in `image_id`; captions are
/// `captions`, `caption`, `text` or `comment`, a string or several, or the `raw` of `sentences`.
final class Records {
  static final List<String> IMAGE = List.of("file_name", "filename", "file", "image", "image_name");
  static final List<String> CAPTION = List.of("captions", "caption", "text", "comment");

  private Records() {}

  /// @param origin names the record
  /// @throws org.clipscribe.nn.BadInputException when a member is missing or of another kind
  static Row row(JsonObject json, String origin, Problems problems) {
    List<String> names = names(json);
    List<String> captions = Captions.clean(captions(json), origin, problems);
    String id = id(json).orElse(names.getFirst());
    return new Row(names.getFirst(), id, split(json), captions, new Place.Named(names), origin);
  }

  private static List<String> names(JsonObject json) {
    for (String key : IMAGE) {
      if (json.has(key)) {
        String name = json.string(key);
        String folder = json.string("filepath", "");
        return folder.isEmpty() || !key.equals("filename")
            ? List.of(name)
            : List.of(folder + "/" + name, name);
      }
    }
    return coco(json);
  }

  /// The names that COCO's pictures have had, in the folders they are unpacked to.
  private static List<String> coco(JsonObject json) {
    String id = "image_id";
    long number =
        switch (json.get(id)) {
          case Long value -> value;
          case String text when text.matches("\\d{1,12}") -> Long.parseLong(text);
          case null -> throw json.refuse("file_name", null, "the name of an image");
          case Object other -> throw json.refuse(id, other, "the number of a COCO picture");
        };
    String digits = String.format(Locale.ROOT, "%012d", number);
    Set<String> names = new LinkedHashSet<>();
    for (String folder : List.of("train2014", "val2014")) {
      names.add("COCO_" + folder + "_" + digits + ".jpg");
      names.add(folder + "/COCO_" + folder + "_" + digits + ".jpg");
    }
    for (String folder : List.of("", "train2017/", "val2017/")) {
      names.add(folder + digits + ".jpg");
    }
    return List.copyOf(names);
  }

  private static Optional<String> id(JsonObject json) {
    for (String key : List.of("cocoid", "image_id", "imgid", "id")) {
      if (json.get(key) instanceof Long || json.get(key) instanceof String) {
        return Optional.of(String.valueOf(json.get(key)));
      }
    }
    return Optional.empty();
  }

  /// A split that it names; `restval` is what COCO's training pictures are called that Karpathy
  /// and Fei-Fei (2015) took from its validation pictures.
  static Optional<Split> split(JsonObject json) {
    return json.get("split") instanceof String name ? split(name) : Optional.empty();
  }

  static Optional<Split> split(String name) {
    return switch (name) {
      case "train", "training", "restval" -> Optional.of(Split.TRAIN);
      case "val", "validation", "valid", "dev" -> Optional.of(Split.VAL);
      case "test" -> Optional.of(Split.TEST);
      default -> Optional.empty();
    };
  }

  /// What it says about an image, as it is written there.
  static List<String> captions(JsonObject json) {
    if (json.has("sentences")) {
      return json.objects("sentences").stream().map(sentence -> sentence.string("raw")).toList();
    }
    for (String key : CAPTION) {
      if (json.get(key) instanceof List<?>) {
        List<String> captions = new ArrayList<>();
        for (@Nullable Object caption : json.list(key)) {
          if (!(caption instanceof String text)) {
            throw json.refuse(key, caption, "strings");
          }
          captions.add(text);
        }
        return captions;
      }
      if (json.has(key)) {
        return List.of(json.string(key));
      }
    }
    throw json.refuse("caption", null, "a string");
  }
}
