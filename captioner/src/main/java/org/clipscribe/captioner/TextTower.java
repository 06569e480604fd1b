package org.clipscribe.captioner;

import java.util.Map;
import java.util.Set;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.json.JsonObject;

/// The other half of CLIP, which a bundle may hold besides a captioner: with it, pictures can be
/// compared with texts. Its weights are below `clip`, where Hugging Face has them.
///
/// @param config the text tower, in Hugging Face's names
/// @param embeddingWidth of the space that pictures and texts share (`projection_dim`)
public record TextTower(TextConfig config, int embeddingWidth) {
  /// What joins the two halves, beside the tower itself.
  public static final Set<String> PROJECTIONS =
      Set.of("clip.visual_projection.weight", "clip.text_projection.weight", "clip.logit_scale");

  /// Reads the `clip_text` section of a configuration.
  ///
  /// @throws org.clipscribe.nn.BadInputException for values out of range
  public static TextTower of(JsonObject json) {
    return new TextTower(TextConfig.of(json), json.integer("projection_dim", 1, 1 << 14));
  }

  /// Whether a weight belongs to it, and not to a captioner.
  public static boolean owns(String name) {
    return name.startsWith("clip.text_model.") || PROJECTIONS.contains(name);
  }

  /// The whole CLIP.
  public ClipConfig with(VisionConfig vision) {
    return new ClipConfig(vision, config, embeddingWidth);
  }

  /// The document that [#of] reads.
  Map<String, Object> toMap() {
    Map<String, Object> json = config.toMap();
    json.put("projection_dim", embeddingWidth);
    return json;
  }
}
