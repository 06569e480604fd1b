package org.clipscribe.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// The captions of a picture and where they come from.
///
/// @param file as the user named it, `-` for standard input
/// @param captions at least one, the best first
/// @param milliseconds that reading the picture and finding the words took; where several pictures
///     were captioned together, an equal share of that
record CaptionResult(String file, List<Caption> captions, ModelInfo model, long milliseconds) {

  Caption best() {
    return captions.getFirst();
  }

  /// One line of JSON without its line feed.
  String json() {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("name", model.name());
    origin.put("digest", model.digest());
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("file", file);
    result.putAll(json(best()));
    if (captions.size() > 1) {
      result.put("candidates", captions.stream().map(CaptionResult::json).toList());
    }
    result.put("model", origin);
    result.put("ms", milliseconds);
    return Json.write(result);
  }

  private static Map<String, @Nullable Object> json(Caption caption) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("caption", caption.text());
    json.put("tokens", caption.tokens());
    json.put("score", Double.isFinite(caption.score()) ? caption.score() : null);
    return json;
  }
}
