package org.clipscribe.tensor.testkit;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Test data that is the same in every run.
public final class Tensors {
  private Tensors() {}

  /// `size` floats, uniform in -1 .. 1.
  public static float[] random(long seed, int size) {
    return random(seed, size, -1, 1);
  }

  /// `size` floats, uniform in `from .. to`.
  public static float[] random(long seed, int size, double from, double to) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(from, to);
    }
    return values;
  }

  /// As many floats as the shape has elements, uniform in -1 .. 1.
  public static float[] random(long seed, Shape shape) {
    return random(seed, shape.size());
  }

  /// A tensor of floats, uniform in -1 .. 1.
  public static Tensor random(Backend backend, long seed, int... extents) {
    Shape shape = Shape.of(extents);
    return Tensor.of(backend, shape, random(seed, shape));
  }

  /// The same elements behind a non-zero offset: a view into a larger tensor, with NaN on both
  /// sides so that a kernel that reads outside shows.
  public static Tensor asView(Tensor x) {
    int margin = 3; // odd, so that nothing is aligned
    int size = x.shape().size();
    float[] padded = new float[size + 2 * margin];
    Arrays.fill(padded, Float.NaN);
    System.arraycopy(x.toArray(), 0, padded, margin, size);
    return Tensor.of(x.backend(), Shape.of(padded.length), padded)
        .leading(margin, margin + size)
        .reshape(x.shape());
  }
}
