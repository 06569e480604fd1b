package org.clipscribe.tensor.testkit;

import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// What every part of the contract works with.
interface BackendFixture {
  /// Half the distance between 1 and the next float: the relative error of one rounding.
  double ROUNDING = 0x1p-24;

  /// The smallest normal float: below it, devices may flush results to zero.
  double FLUSHED = Float.MIN_NORMAL;

  /// The back-end under test.
  Backend backend();

  /// Another one, which the caller closes.
  Backend open(int threads);

  /// Where the elements of a tensor lie; every operation must work on both.
  enum Placement {
    /// From the start of their storage.
    WHOLE {
      @Override
      Tensor put(Backend backend, float[] values, int... extents) {
        return Tensor.of(backend, Shape.of(extents), values);
      }
    },
    /// Inside a larger storage, between NaNs.
    VIEW {
      @Override
      Tensor put(Backend backend, float[] values, int... extents) {
        return Tensors.asView(WHOLE.put(backend, values, extents));
      }
    };

    abstract Tensor put(Backend backend, float[] values, int... extents);

    final Tensor random(Backend backend, long seed, int... extents) {
      return put(backend, Tensors.random(seed, Shape.of(extents)), extents);
    }
  }

  /// Bound of the error of a sum of `terms` products in float, whatever the order, relative to the
  /// sum of their magnitudes.
  ///
  /// Roundings add up like a random walk, hence the square root; the factor 2 and the 8 leave room
  /// for the tail of the distribution and for decoding weights. The worst case, `terms` roundings,
  /// would hide real errors.
  static double sumError(int terms) {
    return 2 * (8 + Math.sqrt(terms)) * ROUNDING;
  }
}
