package org.clipscribe.clip;

import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;

/// The dimensions of a CLIP with both towers.
///
/// @param vision of the vision tower
/// @param text of the text tower
/// @param embeddingWidth of the space that pictures and texts share
public record ClipConfig(VisionConfig vision, TextConfig text, int embeddingWidth) {
  /// CLIP ViT-B/32.
  public static final ClipConfig BASE = new ClipConfig(VisionConfig.BASE, TextConfig.BASE, 512);

  /// Reads `config.json` as Hugging Face writes it (`CLIPConfig`). A part that is absent is as in
  /// [#BASE], and so is what a part leaves out.
  ///
  /// @throws org.clipscribe.nn.BadInputException naming the key that is out of range or not
  ///     supported
  public static ClipConfig of(JsonObject json) {
    EncoderConfig.requireType(json, "clip");
    String vision = part(json, "vision_config");
    String text = part(json, "text_config");
    VisionConfig tower =
        json.has(vision) ? VisionConfig.of(json.object(vision)) : VisionConfig.BASE;
    if (tower.kind() != VisionConfig.Kind.CLIP) {
      JsonObject section = json.object(vision);
      throw section.refuse("model_type", section.get("model_type"), "\"clip_vision_model\"");
    }
    return new ClipConfig(
        tower,
        json.has(text) ? TextConfig.of(json.object(text)) : TextConfig.BASE,
        json.integer("projection_dim", 1, 1 << 14, BASE.embeddingWidth));
  }

  /// Old files say the same under two names, and the second one is what the library goes by.
  private static String part(JsonObject json, String name) {
    return json.has(name + "_dict") ? name + "_dict" : name;
  }

  /// What [#of] reads, for a file.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model_type", "clip");
    json.put("projection_dim", embeddingWidth);
    json.put("vision_config", vision.toMap());
    json.put("text_config", text.toMap());
    return json;
  }
}
