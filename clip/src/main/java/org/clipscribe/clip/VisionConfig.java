package org.clipscribe.clip;

import java.util.Map;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Unary;

/// The dimensions of a vision tower.
///
/// @param encoder of the layers
/// @param imageSize width and height of the pictures, in pixels
/// @param patch width and height of a patch, in pixels, at most `imageSize`
public record VisionConfig(EncoderConfig encoder, int imageSize, int patch) {
  /// CLIP ViT-B/32, which Hugging Face's configurations leave out where nothing differs from it.
  public static final VisionConfig BASE =
      new VisionConfig(new EncoderConfig(768, 3072, 12, 12, Unary.QUICK_GELU, 1e-5f), 224, 32);

  /// Attention looks at every pair of patches: more could not be computed.
  private static final int MAX_PATCHES = 1 << 14;

  public VisionConfig {
    if (patch < 1 || patch > imageSize) {
      throw new IllegalArgumentException(
          "CLIP: patches of " + patch + " in pictures of " + imageSize);
    }
  }

  /// Reads the configuration as Hugging Face writes it (`CLIPVisionConfig`). What is absent is as
  /// in [#BASE].
  ///
  /// @throws org.clipscribe.nn.BadInputException naming the key that is out of range or not
  ///     supported
  public static VisionConfig of(JsonObject json) {
    EncoderConfig.requireType(json, "clip_vision_model");
    json.integer("num_channels", 3, 3, 3);
    int imageSize = json.integer("image_size", 1, 1 << 12, BASE.imageSize);
    int patch = json.integer("patch_size", 1, 1 << 7, BASE.patch);
    if (patch > imageSize) {
      throw json.refuse("patch_size", patch, "at most image_size, " + imageSize);
    }
    VisionConfig config = new VisionConfig(EncoderConfig.of(json, BASE.encoder), imageSize, patch);
    if (config.patches() > MAX_PATCHES) {
      throw json.refuse("image_size", imageSize, "at most " + MAX_PATCHES + " patches");
    }
    return config;
  }

  public int width() {
    return encoder.width();
  }

  public int layers() {
    return encoder.layers();
  }

  /// How many whole patches lie side by side; what is left over at the right and the bottom is not
  /// looked at.
  int patchesPerSide() {
    return imageSize / patch;
  }

  /// How many patches a picture has.
  public int patches() {
    return patchesPerSide() * patchesPerSide();
  }

  /// What [#of] reads, for a file.
  public Map<String, Object> toMap() {
    Map<String, Object> json = encoder.toMap();
    json.put("image_size", imageSize);
    json.put("patch_size", patch);
    return json;
  }

  /// Like `ViT/32 [12 x 768]`: patch, layers, width.
  @Override
  public String toString() {
    return "ViT/" + patch + " [" + layers() + " x " + width() + "]";
  }
}
