package org.clipscribe.tensor.spi;

import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;

/// The heads of an attention as matrices of their own, for the definitions.
final class Heads {
  private Heads() {}

  /// `[B, T, C]` to `[B, H, T, D]`.
  static Tensor split(Tensor x, int heads) {
    Shape shape = x.shape();
    int width = shape.last() / heads;
    return x.reshape(shape.extent(0), shape.extent(1), heads, width).permute(0, 2, 1, 3);
  }

  /// The reverse.
  static Tensor join(Tensor x) {
    Shape shape = x.shape();
    return x.permute(0, 2, 1, 3)
        .reshape(shape.extent(0), shape.extent(2), shape.extent(1) * shape.last());
  }
}
