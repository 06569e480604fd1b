package org.clipscribe.captioner.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;

/// A line of a data set's index.
final class IndexLine {
  private IndexLine() {}

  static String write(CaptionedImage image) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", image.id());
    json.put("file", image.file());
    json.put("split", image.split().label());
    json.put("captions", image.captions());
    return Json.write(json);
  }

  /// @param origin file and line
  static CaptionedImage read(byte[] line, String origin) {
    JsonObject json = Json.parseObject(line, origin);
    List<String> captions = new ArrayList<>();
    for (@Nullable Object caption : json.list("captions")) {
      if (!(caption instanceof String text)) {
        throw json.refuse("captions", caption, "strings");
      }
      captions.add(text);
    }
    if (captions.isEmpty()) {
      throw json.refuse("captions", List.of(), "at least one caption");
    }
    String split = json.string("split");
    return new CaptionedImage(
        json.string("id"),
        json.string("file"),
        Split.of(split).orElseThrow(() -> json.refuse("split", split, "train, val or test")),
        captions);
  }
}
