package org.clipscribe.tensor.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.WeightFormat;

/// A weight in panels of 64 outputs, outside the heap.
///
/// @param panels `[ceil(outputs / 64)][inputs]` lines, zero-padded
/// @param scales factor of each output for `INT8`, else empty
record PanelWeight(
    int outputs, int inputs, WeightFormat format, MemorySegment panels, float[] scales)
    implements PackedWeight {

  @Override
  public long byteSize() {
    return panels.byteSize() + (long) Float.BYTES * scales.length;
  }

  PanelFormat layout() {
    return PanelFormat.of(format);
  }

  /// Lines `from .. to` of a panel.
  MemorySegment lines(int panel, int from, int to) {
    int size = layout().lineBytes;
    return panels.asSlice(((long) panel * inputs + from) * size, (long) (to - from) * size);
  }

  /// Copies the weights of one output.
  void read(int output, float[] into, int at) {
    if (output < 0 || output >= outputs) {
      throw new IndexOutOfBoundsException("row " + output + " of " + outputs);
    }
    MemorySegment panel = lines(output / PanelFormat.COLUMNS, 0, inputs);
    int column = output % PanelFormat.COLUMNS;
    for (int k = 0; k < inputs; k++) {
      into[at + k] =
          switch (format) {
            case F32 ->
                panel.getAtIndex(ValueLayout.JAVA_FLOAT, (long) k * PanelFormat.COLUMNS + column);
            case BF16 -> bfloat16(panel, k, column);
            case INT8 -> int8(panel, k, column) * scales[output];
          };
    }
  }

  private static float bfloat16(MemorySegment panel, int k, int column) {
    int word = panel.getAtIndex(ValueLayout.JAVA_INT, k * 32L + column / 32 * 16 + column % 16);
    return Float.intBitsToFloat(column % 32 < 16 ? word << 16 : word & 0xffff0000);
  }

  private static int int8(MemorySegment panel, int k, int column) {
    int word = panel.getAtIndex(ValueLayout.JAVA_INT, k * 16L + column % 16);
    return (byte) (word >> (column / 16 * 8));
  }
}
