package org.clipscribe.clip;

import java.util.Map;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Unary;

/// The dimensions of a text tower.
///
/// @param encoder of the layers
/// @param vocabulary number of tokens
/// @param positions the longest text, in tokens
public record TextConfig(EncoderConfig encoder, int vocabulary, int positions) {
  /// The text tower of CLIP ViT-B/32, which Hugging Face's configurations leave out where nothing
  /// differs from it.
  public static final TextConfig BASE =
      new TextConfig(
          new EncoderConfig(512, 2048, 12, 8, Unary.QUICK_GELU, 1e-5f),
          49408,
          ClipTokenizer.CONTEXT_LENGTH);

  /// Reads the configuration as Hugging Face writes it (`CLIPTextConfig`). What is absent is as in
  /// [#BASE].
  ///
  /// @throws org.clipscribe.nn.BadInputException naming the key that is out of range or not
  ///     supported
  public static TextConfig of(JsonObject json) {
    EncoderConfig.requireType(json, "clip_text_model");
    return new TextConfig(
        EncoderConfig.of(json, BASE.encoder),
        json.integer("vocab_size", 1, 1 << 20, BASE.vocabulary),
        json.integer("max_position_embeddings", 1, 1 << 14, BASE.positions));
  }

  public int width() {
    return encoder.width();
  }

  public int layers() {
    return encoder.layers();
  }

  /// What [#of] reads, for a file.
  public Map<String, Object> toMap() {
    Map<String, Object> json = encoder.toMap();
    json.put("vocab_size", vocabulary);
    json.put("max_position_embeddings", positions);
    return json;
  }
}
