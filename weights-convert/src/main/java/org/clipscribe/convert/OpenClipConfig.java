package org.clipscribe.convert;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// `open_clip_config.json`, which open_clip puts beside its weights: what no shape tells, in the
/// form of Hugging Face's `config.json`.
final class OpenClipConfig {
  private static final String NAME = "open_clip_config.json";

  /// open_clip's default.
  private static final int HEAD_WIDTH = 64;

  private OpenClipConfig() {}

  /// @param file a file in the same folder
  static Optional<JsonObject> beside(Path file) {
    Path ours = file.resolveSibling(NAME);
    return Files.isRegularFile(ours) ? Optional.of(read(Json.readObject(ours))) : Optional.empty();
  }

  private static JsonObject read(JsonObject json) {
    JsonObject model = json.object("model_cfg");
    // Only OpenAI's own weights, and few others, were trained with the quick one.
    String activation = model.bool("quick_gelu", false) ? "quick_gelu" : "gelu";
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("model_type", "clip");
    config.put("projection_dim", model.integer("embed_dim", 1, 1 << 14));
    JsonObject vision = model.object("vision_cfg");
    int width = vision.integer("width", 1, 1 << 14, 768);
    int headWidth = vision.integer("head_width", 1, 1 << 14, HEAD_WIDTH);
    if (width % headWidth != 0) {
      throw vision.refuse("head_width", headWidth, "a divisor of width, " + width);
    }
    config.put(
        "vision_config",
        Map.of("hidden_act", activation, "num_attention_heads", (long) width / headWidth));
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("hidden_act", activation);
    if (model.has("text_cfg") && model.object("text_cfg").has("heads")) {
      text.put("num_attention_heads", model.object("text_cfg").integer("heads", 1, 1 << 14));
    }
    config.put("text_config", text);
    return Json.parseObject(Json.write(config).getBytes(StandardCharsets.UTF_8), json.origin());
  }
}
