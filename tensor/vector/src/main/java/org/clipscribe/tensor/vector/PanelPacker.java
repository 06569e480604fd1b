package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.WeightFormat;

/// Brings a matrix into panels, reading it a block of rows at a time.
final class PanelPacker {
  /// About how many floats are read from the source at once: 4 MB stay in the cache until packed.
  private static final int BLOCK = 1 << 20;

  private final WorkCrew crew;
  private final MatrixSource source;
  private final boolean transposed;
  private final PanelWeight weight;

  private PanelPacker(WorkCrew crew, MatrixSource source, boolean transposed, PanelWeight weight) {
    this.crew = crew;
    this.source = source;
    this.transposed = transposed;
    this.weight = weight;
  }

  /// @param source `[outputs, inputs]`, or `[inputs, outputs]` when `transposed`
  static PanelWeight pack(
      Arena arena,
      WorkCrew crew,
      WarmUp warmUp,
      MatrixSource source,
      boolean transposed,
      WeightFormat format) {
    int outputs = transposed ? source.columns() : source.rows();
    int inputs = transposed ? source.rows() : source.columns();
    PanelWeight weight = PanelWeight.allocate(arena, outputs, inputs, format);
    warmUp.request(weight); // whatever it holds by then: only its kind of memory matters
    float[] scales = weight.scales();
    PanelPacker packer = new PanelPacker(crew, source, transposed, weight);
    if (format == WeightFormat.INT8) {
      packer.forEachBlock(packer::findLargest);
      for (int output = 0; output < outputs; output++) {
        scales[output] = scales[output] == 0 ? 1 : scales[output] / 127;
      }
    }
    packer.forEachBlock(packer::packBlock);
    weight.keepScales();
    return weight;
  }

  private interface BlockTask {
    /// Rows `first .. first + count` of the source, row-major.
    void accept(float[] block, int first, int count);
  }

  private void forEachBlock(BlockTask task) {
    // A block of a straight source holds whole panels.
    int step = Math.max(1, BLOCK / Math.max(1, source.columns()) / PanelFormat.COLUMNS);
    step = Math.min(step * PanelFormat.COLUMNS, source.rows());
    float[] block = new float[step * source.columns()];
    for (int first = 0; first < source.rows(); first += step) {
      int count = Math.min(step, source.rows() - first);
      source.read(first, count, block);
      task.accept(block, first, count);
    }
  }

  /// Leaves the largest magnitude of each output in its scale.
  private void findLargest(float[] block, int first, int count) {
    float[] largest = weight.scales();
    int columns = source.columns();
    for (int row = 0; row < count; row++) {
      for (int column = 0; column < columns; column++) {
        int output = transposed ? column : first + row;
        largest[output] = Math.max(largest[output], Math.abs(block[row * columns + column]));
      }
    }
  }

  private void packBlock(float[] block, int first, int count) {
    int firstPanel = transposed ? 0 : first / PanelFormat.COLUMNS;
    int panels = PanelFormat.panels(transposed ? source.columns() : count);
    crew.run(panels, block.length, i -> packPanel(block, first, count, firstPanel + i));
  }

  private void packPanel(float[] block, int first, int count, int panel) {
    int firstOutput = panel * PanelFormat.COLUMNS;
    int width = Math.min(PanelFormat.COLUMNS, weight.outputs() - firstOutput);
    int columns = source.columns();
    int start = transposed ? firstOutput : (firstOutput - first) * columns;
    int alongOutputs = transposed ? 1 : columns;
    int alongInputs = transposed ? columns : 1;
    int from = transposed ? first : 0;
    int to = transposed ? first + count : weight.inputs();
    MemorySegment lines = weight.lines(panel, from, to);
    LineEncoder encoder = new LineEncoder(weight, firstOutput, width);
    float[] line = new float[PanelFormat.COLUMNS];
    for (int k = 0; k < to - from; k++) {
      int at = start + k * alongInputs;
      for (int j = 0; j < width; j++) {
        line[j] = block[at + j * alongOutputs];
      }
      encoder.write(line, lines, k);
    }
  }

  /// Writes lines of one panel in the weight's format.
  private static final class LineEncoder {
    private final WeightFormat format;
    private final float[] scales = new float[PanelFormat.COLUMNS];
    private final int[] words = new int[PanelFormat.COLUMNS / 2];

    LineEncoder(PanelWeight weight, int firstOutput, int width) {
      format = weight.format();
      Arrays.fill(scales, 1); // also of the padding, which stays 0
      if (format == WeightFormat.INT8) {
        System.arraycopy(weight.scales(), firstOutput, scales, 0, width);
      }
    }

    void write(float[] line, MemorySegment lines, int k) {
      switch (format) {
        case F32 -> {
          long at = (long) k * PanelFormat.F32.lineBytes;
          MemorySegment.copy(line, 0, lines, ValueLayout.JAVA_FLOAT, at, line.length);
        }
        case BF16 -> {
          for (int i = 0; i < 32; i++) {
            int low = i / 16 * 32 + i % 16;
            words[i] = bfloat16(line[low]) >>> 16 | bfloat16(line[low + 16]);
          }
          writeWords(lines, k, 32);
        }
        case INT8 -> {
          for (int i = 0; i < 16; i++) {
            words[i] =
                int8(line, i)
                    + (int8(line, i + 16) << 8)
                    + (int8(line, i + 32) << 16)
                    + (int8(line, i + 48) << 24);
          }
          writeWords(lines, k, 16);
        }
      }
    }

    private void writeWords(MemorySegment lines, int k, int count) {
      long at = (long) k * count * Integer.BYTES;
      MemorySegment.copy(words, 0, lines, ValueLayout.JAVA_INT, at, count);
    }

    /// Rounded to the upper 16 bits, ties to even; the lower ones are 0.
    private static int bfloat16(float value) {
      if (Float.isNaN(value)) {
        return 0x7fc00000;
      }
      int bits = Float.floatToRawIntBits(value);
      return bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000;
    }

    private int int8(float[] line, int column) {
      return Math.round(line[column] / scales[column]);
    }
  }
}
