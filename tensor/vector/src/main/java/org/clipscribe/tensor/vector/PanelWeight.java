package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.WeightImages;

/// A weight in panels of 64 outputs, outside the heap.
///
/// @param image `[ceil(outputs / 64)][inputs]` lines, zero-padded, then the scales as floats
/// @param scales factor of each output for `INT8`, else empty
record PanelWeight(
    int outputs, int inputs, WeightFormat format, MemorySegment image, float[] scales)
    implements PackedWeight {

  /// Room for a weight, all zeros.
  static PanelWeight allocate(Arena arena, int outputs, int inputs, WeightFormat format) {
    long size = byteSize(outputs, inputs, format);
    MemorySegment image = arena.allocate(size, WeightImages.ALIGNMENT);
    return new PanelWeight(outputs, inputs, format, image, new float[scales(outputs, format)]);
  }

  /// The weight that lies in an image.
  static PanelWeight of(int outputs, int inputs, WeightFormat format, MemorySegment image) {
    long size = byteSize(outputs, inputs, format);
    if (image.byteSize() != size) {
      throw new IllegalArgumentException(
          "image of [%d, %d] %s: %d bytes, expected %d"
              .formatted(outputs, inputs, format, image.byteSize(), size));
    }
    float[] scales = new float[scales(outputs, format)];
    long at = linesSize(outputs, inputs, format);
    MemorySegment.copy(image, ValueLayout.JAVA_FLOAT, at, scales, 0, scales.length);
    return new PanelWeight(outputs, inputs, format, image, scales);
  }

  /// Puts the scales into the image, too: the last step of packing.
  void keepScales() {
    long at = linesSize(outputs, inputs, format);
    MemorySegment.copy(scales, 0, image, ValueLayout.JAVA_FLOAT, at, scales.length);
  }

  static long byteSize(int outputs, int inputs, WeightFormat format) {
    return linesSize(outputs, inputs, format) + (long) Float.BYTES * scales(outputs, format);
  }

  private static long linesSize(int outputs, int inputs, WeightFormat format) {
    return (long) PanelFormat.panels(outputs) * inputs * PanelFormat.of(format).lineBytes;
  }

  private static int scales(int outputs, WeightFormat format) {
    return format == WeightFormat.INT8 ? outputs : 0;
  }

  @Override
  public long byteSize() {
    return image.byteSize();
  }

  PanelFormat layout() {
    return PanelFormat.of(format);
  }

  /// Where in the image a line of a panel begins.
  long lineAt(int panel, int line) {
    return ((long) panel * inputs + line) * layout().lineBytes;
  }

  /// Lines `from .. to` of a panel.
  MemorySegment lines(int panel, int from, int to) {
    return image.asSlice(lineAt(panel, from), (long) (to - from) * layout().lineBytes);
  }

  /// All from a line of a panel to the end, nothing if there is no such line.
  MemorySegment rest(int panel, int line) {
    return image.asSlice(Math.min(lineAt(panel, line), image.byteSize()));
  }

  /// Copies the weights of one panel of floats that belong to `count` inputs, `[count, 64]`.
  void readLines(int panel, int from, int count, float[] into) {
    MemorySegment lines = lines(panel, from, from + count);
    MemorySegment.copy(lines, ValueLayout.JAVA_FLOAT, 0, into, 0, count * PanelFormat.COLUMNS);
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
    int top = word << (24 - column / 16 * 8); // and less than half of a weight below it
    return (top + (1 << 23)) >> 24;
  }
}
