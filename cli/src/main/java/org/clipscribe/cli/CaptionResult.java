package org.clipscribe.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.nn.json.Json;

/// A caption and where it comes from.
///
/// @param file as the user named it, `-` for standard input
/// @param milliseconds that reading the picture and finding the words took; where several pictures
///     were captioned together, an equal share of that
record CaptionResult(String file, Caption caption, ModelInfo model, long milliseconds) {

  /// One line of JSON without its line feed.
  String json() {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("name", model.name());
    origin.put("digest", model.digest());
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", file);
    result.put("caption", caption.text());
    result.put("tokens", caption.tokens());
    result.put("score", caption.score());
    result.put("model", origin);
    result.put("ms", milliseconds);
    return Json.write(result);
  }
}
