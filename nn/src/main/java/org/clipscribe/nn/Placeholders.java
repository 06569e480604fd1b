package org.clipscribe.nn;

import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.Storage;

/// Parameters without memory behind them, for models that are built to hear what they ask for.
final class Placeholders {
  private Placeholders() {}

  static Tensor tensor(Backend backend, int[] shape) {
    return Tensor.wrap(backend, Nothing.INSTANCE, 0, Shape.of(shape));
  }

  /// @param shape as stored; all but the first axis count as one
  static PackedWeight matrix(int[] shape, boolean transposed) {
    int columns = ParameterCursor.columns(shape);
    return transposed ? new Matrix(columns, shape[0]) : new Matrix(shape[0], columns);
  }

  /// Memory of any size that is not there. A model that computes while it is built fails on it.
  private enum Nothing implements Storage {
    INSTANCE;

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }
  }

  private record Matrix(int outputs, int inputs) implements PackedWeight {
    @Override
    public WeightFormat format() {
      return WeightFormat.F32;
    }

    @Override
    public long byteSize() {
      return 0;
    }
  }
}
