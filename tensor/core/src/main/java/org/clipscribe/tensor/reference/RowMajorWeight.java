package org.clipscribe.tensor.reference;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BinaryOperator;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.WeightFormat;

/// A weight as the formula has it, `[outputs, inputs]` in floats. The reduced formats are defined
/// here: every weight is rounded the way the format would, and then kept as the float that it
/// decodes to.
record RowMajorWeight(int outputs, int inputs, WeightFormat format, MemorySegment values)
    implements PackedWeight {

  /// How many floats are read from the source at once.
  private static final int BLOCK = 1 << 20;

  static RowMajorWeight pack(
      Arena arena, MatrixSource source, boolean transposed, WeightFormat format) {
    int outputs = transposed ? source.columns() : source.rows();
    int inputs = transposed ? source.rows() : source.columns();
    MemorySegment values = arena.allocate(4L * outputs * inputs, 64);
    int step = Math.max(1, BLOCK / Math.max(1, source.columns()));
    float[] block = new float[Math.min(step, source.rows()) * source.columns()];
    for (int first = 0; first < source.rows(); first += step) {
      int count = Math.min(step, source.rows() - first);
      source.read(first, count, block);
      for (int i = 0; i < count * source.columns(); i++) {
        int row = first + i / source.columns();
        int column = i % source.columns();
        long index = transposed ? (long) column * inputs + row : (long) row * inputs + column;
        values.setAtIndex(ValueLayout.JAVA_FLOAT, index, block[i]);
      }
    }
    RowMajorWeight weight = new RowMajorWeight(outputs, inputs, format, values);
    for (int output = 0; output < outputs && format != WeightFormat.F32; output++) {
      float[] row = weight.row(output);
      round(row, format);
      MemorySegment.copy(row, 0, values, ValueLayout.JAVA_FLOAT, 4L * output * inputs, inputs);
    }
    return weight;
  }

  private static void round(float[] row, WeightFormat format) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    float scale = largest == 0 ? 1 : largest / 127;
    for (int i = 0; i < row.length; i++) {
      row[i] =
          switch (format) {
            case F32 -> row[i];
            case BF16 -> toBfloat16(row[i]);
            case INT8 -> Math.round(row[i] / scale) * scale;
          };
    }
  }

  private static float toBfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    int half = 0x7fff + (bits >>> 16 & 1); // ties go to the even neighbour
    return Float.intBitsToFloat(bits + half & 0xffff0000);
  }

  /// One output's weights, copied out.
  float[] row(int output) {
    if (output < 0 || output >= outputs) {
      throw new IndexOutOfBoundsException("row " + output + " of " + outputs);
    }
    float[] row = new float[inputs];
    MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, 4L * output * inputs, row, 0, inputs);
    return row;
  }

  /// Room for a gradient or a moment.
  static RowMajorWeight zeros(int outputs, int inputs) {
    MemorySegment values = Arena.ofAuto().allocate(4L * outputs * inputs, 64);
    return new RowMajorWeight(outputs, inputs, WeightFormat.F32, values);
  }

  /// Changes one output's weights.
  void put(int output, float[] row) {
    MemorySegment.copy(row, 0, values, ValueLayout.JAVA_FLOAT, 4L * output * inputs, inputs);
  }

  /// Changes every weight to a function of it and of the same one of another weight.
  void update(RowMajorWeight other, BinaryOperator<Float> f) {
    for (int output = 0; output < outputs; output++) {
      float[] row = row(output);
      float[] more = other.row(output);
      for (int i = 0; i < inputs; i++) {
        row[i] = f.apply(row[i], more[i]);
      }
      put(output, row);
    }
  }

  @Override
  public long byteSize() {
    return values.byteSize();
  }
}
