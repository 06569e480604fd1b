package org.clipscribe.convert;

import java.util.Optional;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// Looks for numbers that a trained model does not have.
final class NumberCheck {
  private static final int BLOCK = 1 << 18;

  private NumberCheck() {}

  /// A warning about a tensor, if it deserves one.
  static Optional<String> warning(NamedTensors tensors, String name) {
    TensorInfo info = tensors.info(name);
    if (!info.dtype().isFloating()) {
      return Optional.empty();
    }
    long nan = 0;
    long infinite = 0;
    long subnormal = 0;
    long zero = 0;
    long elements = info.elements();
    float[] block = new float[(int) Math.min(elements, BLOCK)];
    for (long first = 0; first < elements; first += BLOCK) {
      int count = (int) Math.min(BLOCK, elements - first);
      tensors.readFloats(name, first, count, block);
      for (int i = 0; i < count; i++) {
        float size = Math.abs(block[i]);
        nan += Float.isNaN(size) ? 1 : 0;
        infinite += size == Float.POSITIVE_INFINITY ? 1 : 0;
        zero += size == 0 ? 1 : 0;
        subnormal += size > 0 && size < Float.MIN_NORMAL ? 1 : 0;
      }
    }
    return describe(name, info, nan, infinite, subnormal, zero);
  }

  private static Optional<String> describe(
      String name, TensorInfo info, long nan, long infinite, long subnormal, long zero) {
    if (nan + infinite > 0) {
      return Optional.of(
          "%s %s holds %d NaN and %d infinite numbers"
              .formatted(name, info.shape(), nan, infinite));
    }
    // Biases of a fresh network are zero, and a lone number may be.
    if (zero == info.elements() && zero > 1 && !name.endsWith("bias")) {
      return Optional.of(name + " " + info.shape() + " is all zero");
    }
    if (subnormal > 0) {
      return Optional.of(
          "%s %s holds %d numbers below the normal range, which some machines are slow with"
              .formatted(name, info.shape(), subnormal));
    }
    return Optional.empty();
  }
}
