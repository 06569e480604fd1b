package org.clipscribe.captioner.evaluation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// Captions as COCO's evaluation wants them: `[{"image_id": 42, "caption": "..."}]`, one for each
/// image.
public final class ResultsFile {
  /// A million captions; more is not a results file.
  private static final long MAX_BYTES = 512L << 20;

  private ResultsFile() {}

  /// Captions by the id of their image, in the order of the file.
  ///
  /// @throws BadInputException when the file is no such list, or names an image twice
  public static Map<String, String> read(Path file) {
    Object document;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new BadInputException(file, "is larger than 512 MiB, too large for results");
      }
      document = Json.parse(Files.readAllBytes(file), file.toString());
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
    if (!(document instanceof List<?> list)) {
      throw new BadInputException(file, "is no list of results: expected [{image_id, caption}]");
    }
    Map<String, String> captions = new LinkedHashMap<>();
    for (Object element : list) {
      add(captions, element, file);
    }
    return captions;
  }

  private static void add(Map<String, String> captions, @Nullable Object element, Path file) {
    int number = captions.size();
    if (!(element instanceof Map<?, ?> result)) {
      throw new BadInputException(file, "element " + number + " is no object");
    }
    if (!(result.get("caption") instanceof String caption)) {
      throw new BadInputException(file, "element " + number + " has no caption");
    }
    String id =
        switch (result.get("image_id")) {
          case Long integer -> integer.toString();
          case String text -> text;
          case null, default ->
              throw new BadInputException(file, "element " + number + " has no image_id");
        };
    if (captions.put(id, caption) != null) {
      throw new BadInputException(
          file,
          "has two captions for image %s; one for each is what is scored"
              .formatted(BadInputException.quote(id)));
    }
  }

  /// The document that [#read] reads; ids that are numbers are written as such.
  public static byte[] write(Map<String, String> captions) {
    List<Map<String, Object>> list = new ArrayList<>();
    captions.forEach(
        (id, caption) -> {
          Map<String, Object> result = new LinkedHashMap<>();
          result.put("image_id", number(id));
          result.put("caption", caption);
          list.add(result);
        });
    return (Json.write(list) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Object number(String id) {
    if (id.matches("0|[1-9][0-9]{0,17}")) {
      return Long.parseLong(id);
    }
    return id;
  }
}
