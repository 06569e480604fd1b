package org.clipscribe.captioner;

import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.clip.VisionTransformer;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// CLIP's image encoder up to the vector that a mapping network reads.
///
/// @param projection CLIP's, `visual_projection`; null where the vector before it is read
/// @param unitLength whether the vector is scaled to length 1
public record ImageTower(
    VisionTransformer vision, @Nullable Linear projection, boolean unitLength) {
  /// Where a bundle has the tower.
  static final String NAMESPACE = "clip.vision_model";

  private static final String PROJECTION = "clip.visual_projection.weight";

  /// @param source the place of CLIP, `clip` in a bundle
  static ImageTower of(ParameterSource source, VisionConfig vision, MappingConfig mapping) {
    ImageEmbedding embedding = mapping.embedding();
    return new ImageTower(
        VisionTransformer.of(source.at("vision_model"), vision),
        embedding == ImageEmbedding.POOLED
            ? null
            : Linear.withoutBias(source.at("visual_projection"), vision.width(), mapping.inputs()),
        embedding == ImageEmbedding.UNIT);
  }

  /// Whether a weight of a bundle belongs to this.
  static boolean owns(String name, MappingConfig mapping) {
    boolean projects = mapping.embedding() != ImageEmbedding.POOLED;
    return name.startsWith(NAMESPACE + ".") || (projects && name.equals(PROJECTION));
  }

  /// @param pixels normalised `[B, 3, S, S]`
  /// @return `[B, D]`
  Tensor embed(Tensor pixels, Probe probe) {
    Tensor pooled = vision.forward(pixels, probe.at("vision_model")).poolerOutput();
    if (projection == null) {
      return pooled;
    }
    Tensor projected = projection.forward(pooled);
    return unitLength ? ClipModel.unitLength(projected) : projected;
  }
}
