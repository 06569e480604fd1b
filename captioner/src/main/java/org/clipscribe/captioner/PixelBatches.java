package org.clipscribe.captioner;

import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Prepared pictures on their way into a vision tower, as many at a time as suit it.
final class PixelBatches {
  /// Rows of hidden states that are computed together: ten pictures of ViT-B/32, two of ViT-L/14.
  /// Reading the weights, at 35 GB/s, is then a twentieth of the work, and what a layer leaves is
  /// below 9 MB. With 2,570 rows it is 42 MB, which the JVM takes from fresh memory each time:
  /// pictures of ViT-L/14 then take up to half as long again and 3 GB more (docs/adr/0020).
  private static final int ROWS = 520;

  private PixelBatches() {}

  /// @param pictures pixels `[3, S, S]` of each
  /// @return `[B, 3, S, S]` of some after the other, made when they are asked for
  static Stream<Tensor> of(Backend backend, VisionConfig config, List<float[]> pictures) {
    int size = Math.max(1, ROWS / (config.patches() + 1));
    return Captioner.batches(pictures, size).stream()
        .map(some -> tensor(backend, config.imageSize(), some));
  }

  private static Tensor tensor(Backend backend, int side, List<float[]> pictures) {
    Shape shape = Shape.of(pictures.size(), 3, side, side);
    float[] pixels = new float[shape.size()];
    int each = 3 * side * side;
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(pictures.get(i), 0, pixels, i * each, each);
    }
    return Tensor.of(backend, shape, pixels);
  }
}
