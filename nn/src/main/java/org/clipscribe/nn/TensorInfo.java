package org.clipscribe.nn;

import java.util.Arrays;
import java.util.List;

/// What a checkpoint says about a tensor before its elements are read.
///
/// @param shape extents, outermost first; empty for a scalar. Longs, because a file may describe
///     more than a Java array holds
public record TensorInfo(DType dtype, List<Long> shape) {
  /// @throws IllegalArgumentException when an extent is negative or the size in bytes exceeds a
  ///     `long`
  public TensorInfo {
    shape = List.copyOf(shape);
    long bytes = dtype.bytes();
    for (long extent : shape) {
      if (extent < 0) {
        throw new IllegalArgumentException("shape " + shape + " has a negative extent");
      }
      try {
        bytes = Math.multiplyExact(bytes, extent);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("shape " + shape + " overflows the size of a file", e);
      }
    }
  }

  public static TensorInfo of(DType dtype, int... shape) {
    return new TensorInfo(dtype, Arrays.stream(shape).mapToObj(Long::valueOf).toList());
  }

  /// Number of elements.
  public long elements() {
    long product = 1;
    for (long extent : shape) {
      product *= extent;
    }
    return product;
  }

  /// Size of the elements in a file.
  public long byteSize() {
    return elements() * dtype.bytes();
  }

  /// Like `F32 [2, 3]`.
  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
