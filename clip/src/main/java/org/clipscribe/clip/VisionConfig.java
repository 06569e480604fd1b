package org.clipscribe.clip;

import java.util.Map;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Unary;

/// The dimensions of a vision tower.
///
/// @param kind of the tower
/// @param encoder of the layers
/// @param imageSize width and height of the pictures, in pixels
/// @param patch width and height of a patch, in pixels, at most `imageSize`
public record VisionConfig(Kind kind, EncoderConfig encoder, int imageSize, int patch) {
  /// Whose vision transformer it is.
  public enum Kind {
    /// CLIP's: a norm before the layers, patches without a bias, and a last norm for the class
    /// alone.
    CLIP("clip_vision_model"),
    /// Google's: patches with a bias, and a last norm for all there is.
    VIT("vit");

    private final String type;

    Kind(String type) {
      this.type = type;
    }
  }

  /// CLIP ViT-B/32, which Hugging Face's configurations leave out where nothing differs from it.
  public static final VisionConfig BASE =
      new VisionConfig(new EncoderConfig(768, 3072, 12, 12, Unary.QUICK_GELU, 1e-5f), 224, 32);

  /// ViT-B/16, the same for `ViTConfig`.
  public static final VisionConfig VIT_BASE =
      new VisionConfig(Kind.VIT, new EncoderConfig(768, 3072, 12, 12, Unary.GELU, 1e-12f), 224, 16);

  /// Attention looks at every pair of patches: more could not be computed.
  private static final int MAX_PATCHES = 1 << 14;

  public VisionConfig {
    if (patch < 1 || patch > imageSize) {
      throw new IllegalArgumentException(
          "vision tower: patches of " + patch + " in pictures of " + imageSize);
    }
  }

  /// CLIP's tower.
  public VisionConfig(EncoderConfig encoder, int imageSize, int patch) {
    this(Kind.CLIP, encoder, imageSize, patch);
  }

  /// Reads the configuration as Hugging Face writes it (`CLIPVisionConfig`, `ViTConfig`). What is
  /// absent is as in [#BASE] or [#VIT_BASE].
  ///
  /// @throws org.clipscribe.nn.BadInputException naming the key that is out of range or not
  ///     supported
  public static VisionConfig of(JsonObject json) {
    boolean vit = json.string("model_type", Kind.CLIP.type).equals(Kind.VIT.type);
    VisionConfig absent = vit ? VIT_BASE : BASE;
    EncoderConfig.requireType(json, absent.kind.type);
    json.integer("num_channels", 3, 3, 3);
    if (vit && !json.bool("qkv_bias", true)) {
      throw json.refuse("qkv_bias", false, "true");
    }
    int imageSize = json.integer("image_size", 1, 1 << 12, absent.imageSize);
    int patch = json.integer("patch_size", 1, 1 << 7, absent.patch);
    if (patch > imageSize) {
      throw json.refuse("patch_size", patch, "at most image_size, " + imageSize);
    }
    EncoderConfig encoder = EncoderConfig.of(json, absent.encoder);
    VisionConfig config = new VisionConfig(absent.kind, encoder, imageSize, patch);
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
    if (kind != Kind.CLIP) { // which is what a file without a type is about
      json.put("model_type", kind.type);
    }
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
