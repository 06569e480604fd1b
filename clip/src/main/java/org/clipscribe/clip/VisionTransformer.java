package org.clipscribe.clip;

import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A picture tower: the Vision Transformer (Dosovitskiy et al., 2021) as Google or as CLIP have it.
/// Mirrors `CLIPVisionTransformer` in Hugging Face `modeling_clip.py` and `ViTModel` in
/// `modeling_vit.py`; names are those of the former.
///
/// Differs: of ViT the pooler is left out, a layer that nothing but its pre-training needs.
///
/// Stages that a probe sees: those of [Encoder] below `encoder`, `last_hidden_state`,
/// `pooler_output`.
///
/// @param patchEmbedding from the pixels of a patch to its vector
/// @param classEmbedding `[C]`, stands before the patches and gathers what the picture shows
/// @param positions `[N + 1, C]`
/// @param preNorm CLIP's, `pre_layrnorm` in checkpoints, a misspelling that stayed; null in ViT
/// @param postNorm CLIP's for the pooled vector alone, ViT's for all there is
public record VisionTransformer(
    VisionConfig config,
    Linear patchEmbedding,
    Tensor classEmbedding,
    Tensor positions,
    @Nullable LayerNorm preNorm,
    Encoder encoder,
    LayerNorm postNorm) {

  /// @param source the place in a checkpoint, `vision_model` in Hugging Face's
  public static VisionTransformer of(ParameterSource source, VisionConfig config) {
    int width = config.width();
    boolean clip = config.kind() == VisionConfig.Kind.CLIP;
    float epsilon = config.encoder().epsilon();
    ParameterSource embeddings = source.at("embeddings");
    return new VisionTransformer(
        config,
        patchEmbedding(embeddings.at("patch_embedding"), config),
        embeddings.get("class_embedding", width),
        embeddings.get("position_embedding.weight", config.patches() + 1, width),
        clip ? LayerNorm.of(source.at("pre_layrnorm"), width, epsilon) : null,
        Encoder.of(source.at("encoder"), config.encoder()),
        LayerNorm.of(source.at("post_layernorm"), width, epsilon));
  }

  private static Linear patchEmbedding(ParameterSource source, VisionConfig config) {
    int width = config.width();
    int patch = config.patch();
    return new Linear(
        source.linear("weight", width, 3, patch, patch),
        config.kind() == VisionConfig.Kind.CLIP ? null : source.get("bias", width));
  }

  /// Looks at pictures.
  ///
  /// @param pixels preprocessed, `[B, 3, S, S]` with `S` the configured size
  /// @return hidden state `[B, N + 1, C]`, the class first, of CLIP not normalised; pooled `[B, C]`
  /// @throws IllegalArgumentException when the pixels have another shape
  public TowerOutput forward(Tensor pixels, Probe probe) {
    Tensor embedded = embed(pixels);
    Tensor x = preNorm == null ? embedded : preNorm.forward(embedded);
    Tensor last = encoder.forward(x, AttentionMask.NONE, probe.at("encoder"));
    boolean clip = config.kind() == VisionConfig.Kind.CLIP;
    Tensor hidden = clip ? last : postNorm.forward(last);
    probe.observe("last_hidden_state", () -> hidden);
    Tensor first = hidden.slice(1, 0, 1).reshape(-1, config.width());
    Tensor pooled = clip ? postNorm.forward(first) : first;
    probe.observe("pooler_output", () -> pooled);
    return new TowerOutput(hidden, pooled);
  }

  /// From `[B, 3, S, S]` to `[B, N + 1, C]`.
  private Tensor embed(Tensor pixels) {
    Tensor patches = patchEmbedding.forward(patches(pixels));
    int batch = patches.shape().extent(0);
    Tensor classes = Tensor.zeros(pixels.backend(), batch, 1, config.width()).plus(classEmbedding);
    return Tensor.concatenate(1, classes, patches).plus(positions);
  }

  /// From `[B, 3, S, S]` to `[B, N, 3 P P]`: the patches row by row, each as the convolution sees
  /// it.
  private Tensor patches(Tensor pixels) {
    Shape shape = pixels.shape();
    int size = config.imageSize();
    if (shape.rank() != 4 || !shape.equals(Shape.of(shape.extent(0), 3, size, size))) {
      throw new IllegalArgumentException(
          "vision tower: pixels %s, expected [B, 3, %d, %d]".formatted(shape, size, size));
    }
    int batch = shape.extent(0);
    int patch = config.patch();
    int side = config.patchesPerSide();
    return pixels
        .slice(2, 0, side * patch)
        .slice(3, 0, side * patch)
        .reshape(batch, 3, side, patch, side, patch)
        .permute(0, 2, 4, 1, 3, 5)
        .reshape(batch, side * side, 3 * patch * patch);
  }
}
