package org.clipscribe.tensor.spi;

import java.util.stream.IntStream;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;

/// A packed weight read row by row, or column by column.
record Unpacked(Backend backend, PackedWeight weight, boolean transposed) implements MatrixSource {
  /// Rows of the weight that are read at once, to find a part of each.
  private static final int BLOCK = 256;

  @Override
  public int rows() {
    return transposed ? weight.inputs() : weight.outputs();
  }

  @Override
  public int columns() {
    return transposed ? weight.outputs() : weight.inputs();
  }

  @Override
  public void read(int first, int count, float[] into) {
    if (!transposed) {
      float[] values = read(first, count);
      System.arraycopy(values, 0, into, 0, values.length);
      return;
    }
    int outputs = weight.outputs();
    int inputs = weight.inputs();
    for (int start = 0; start < outputs; start += BLOCK) {
      int some = Math.min(BLOCK, outputs - start);
      float[] values = read(start, some);
      for (int i = 0; i < count; i++) {
        for (int output = 0; output < some; output++) {
          into[i * outputs + start + output] = values[output * inputs + first + i];
        }
      }
    }
  }

  private float[] read(int first, int count) {
    return backend.rows(weight, IntStream.range(first, first + count).toArray()).toArray();
  }
}
