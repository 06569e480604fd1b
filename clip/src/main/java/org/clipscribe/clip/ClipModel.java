package org.clipscribe.clip;

import java.util.Arrays;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;

/// Pictures and texts in one space (Radford et al., 2021). Mirrors `CLIPModel` in Hugging Face
/// `modeling_clip.py`.
///
/// Stages that a probe sees: those of the towers below `vision_model` and `text_model`,
/// `image_projected` and `text_projected` (before they get unit length).
///
/// @param logitScale rank 0, the logarithm of what similarities are multiplied by
public record ClipModel(
    VisionTransformer vision,
    TextTransformer text,
    Linear visualProjection,
    Linear textProjection,
    Tensor logitScale) {

  public static ClipModel of(ParameterSource source, ClipConfig config) {
    int embeddingWidth = config.embeddingWidth();
    return new ClipModel(
        VisionTransformer.of(source.at("vision_model"), config.vision()),
        TextTransformer.of(source.at("text_model"), config.text()),
        Linear.withoutBias(source.at("visual_projection"), config.vision().width(), embeddingWidth),
        Linear.withoutBias(source.at("text_projection"), config.text().width(), embeddingWidth),
        source.get("logit_scale"));
  }

  /// @param pixels preprocessed, `[B, 3, S, S]`
  /// @return `[B, D]`, each of unit length
  public Tensor imageEmbeddings(Tensor pixels, Probe probe) {
    Tensor pooled = vision.forward(pixels, probe.at("vision_model")).poolerOutput();
    Tensor projected = visualProjection.forward(pooled);
    probe.observe("image_projected", () -> projected);
    return unitLength(projected);
  }

  /// @param texts ids and real lengths
  /// @return `[B, D]`, each of unit length
  public Tensor textEmbeddings(Backend backend, TextBatch texts, Probe probe) {
    Tensor pooled = text.forward(backend, texts, probe.at("text_model")).poolerOutput();
    Tensor projected = textProjection.forward(pooled);
    probe.observe("text_projected", () -> projected);
    return unitLength(projected);
  }

  /// How well pictures and texts go together: scaled cosines.
  ///
  /// @param images unit length `[I, D]`
  /// @param texts unit length `[T, D]`
  /// @return `[I, T]`; its [Tensor#softmax()] are probabilities over the texts
  public Tensor logits(Tensor images, Tensor texts) {
    return images.matmulTransposed(texts).times(logitScale.map(Unary.EXP));
  }

  /// What CLIP is trained by (Radford et al., 2021, figure 3): each picture finds its text among
  /// all texts, and each text its picture.
  ///
  /// @param images unit length `[B, D]`
  /// @param texts unit length `[B, D]`, those of the pictures in the same order
  public ContrastiveLoss loss(Tensor images, Tensor texts) {
    Tensor logits = logits(images, texts);
    int[] own = new int[logits.shape().extent(0)];
    Arrays.setAll(own, i -> i);
    return new ContrastiveLoss(logits.crossEntropy(own), logits.permute(1, 0).crossEntropy(own));
  }

  /// Both halves of the loss, one element each.
  ///
  /// @param imageToText how badly pictures find their texts
  /// @param textToImage how badly texts find their pictures
  public record ContrastiveLoss(Tensor imageToText, Tensor textToImage) {
    /// Their mean, which is minimised.
    public Tensor total() {
      return imageToText.plus(textToImage).times(0.5f);
    }
  }

  /// Scales each row `[.., D]` to length 1.
  public static Tensor unitLength(Tensor x) {
    Tensor scale = x.times(x).reduce(Reduction.SUM).map(Unary.RECIPROCAL_SQRT);
    return x.times(scale.expand(x.shape().last()));
  }
}
