package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.Lanes.load;
import static org.clipscribe.tensor.vector.Lanes.multiplyAdd;
import static org.clipscribe.tensor.vector.PanelFormat.PART;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The inner loops of every matrix product: some rows times a panel of 64 columns.
///
/// Each sum runs over `k` in order in one accumulator, whether the row comes alone or in a tile, so
/// the result of a row does not depend on the rows around it.
final class PanelKernel {
  /// Rows of a tile. 5 x 4 vectors of sums, 4 of weights and 1 of the row fill 25 of 32 registers;
  /// a sixth row costs the reduced formats a fifth of their speed.
  static final int ROWS = 5;

  /// Vectors of a tile side by side. With 16 registers, 5 x 2 sums, 2 of weights and 1 of the row
  /// fit, and a panel takes two passes.
  private static final boolean WIDE = Lanes.MANY_REGISTERS;

  private PanelKernel() {}

  /// Where a product reads its left-hand rows, reads its panel and writes its sums.
  ///
  /// @param panel lines of weights, except for `HEAP`
  /// @param heap lines of weights from `heapStart`, for `HEAP`
  /// @param a left-hand matrix, row `r` from `aStart + r * aStride`
  /// @param c sums, row `r` from `cStart + r * cStride`, 64 columns
  /// @param depth lines of the panel
  /// @param accumulate whether to add to what `c` holds
  record Task(
      PanelFormat format,
      MemorySegment panel,
      float[] heap,
      int heapStart,
      float[] a,
      int aStart,
      int aStride,
      float[] c,
      int cStart,
      int cStride,
      int depth,
      boolean accumulate) {}

  /// Multiplies `rows` rows by the panel.
  static void multiply(Task task, int rows) {
    for (int row = 0; row < rows; row += ROWS) {
      int left = rows - row;
      for (int lane = 0; lane < PART; lane += Lanes.COUNT) {
        if (left == 1) {
          row(task, row, lane);
        } else if (WIDE) {
          tile(task, row, Math.min(left, ROWS), lane, 0);
        } else {
          tile(task, row, Math.min(left, ROWS), lane, 0);
          tile(task, row, Math.min(left, ROWS), lane, 2);
        }
      }
    }
  }

  /// One row, for the pieces of the panel's columns that start at `lane`.
  private static void row(Task task, int row, int lane) {
    PanelFormat format = task.format;
    MemorySegment panel = task.panel;
    float[] heap = task.heap;
    int start = task.heapStart;
    float[] a = task.a;
    float[] c = task.c;
    int depth = task.depth;
    int from = task.aStart + row * task.aStride;
    int to = task.cStart + row * task.cStride + lane;
    FloatVector s0 = initial(task, c, to);
    FloatVector s1 = initial(task, c, to + PART);
    FloatVector s2 = initial(task, c, to + 2 * PART);
    FloatVector s3 = initial(task, c, to + 3 * PART);
    for (int k = 0; k < depth; k++) {
      FloatVector x = Lanes.broadcast(a[from + k]);
      s0 = multiplyAdd(x, PanelFormat.load(format, panel, heap, start, k, lane, 0), s0);
      s1 = multiplyAdd(x, PanelFormat.load(format, panel, heap, start, k, lane, 1), s1);
      s2 = multiplyAdd(x, PanelFormat.load(format, panel, heap, start, k, lane, 2), s2);
      s3 = multiplyAdd(x, PanelFormat.load(format, panel, heap, start, k, lane, 3), s3);
    }
    s0.intoArray(c, to);
    s1.intoArray(c, to + PART);
    s2.intoArray(c, to + 2 * PART);
    s3.intoArray(c, to + 3 * PART);
  }

  private static FloatVector initial(Task task, float[] c, int at) {
    return task.accumulate ? load(c, at) : FloatVector.zero(Lanes.FLOATS);
  }

  /// Up to 5 rows; a missing row is a copy of the last one, computed and stored again.
  ///
  /// Twenty named sums, because C2 keeps locals in registers and arrays in memory.
  ///
  /// @param first the part of a line to begin at: 0, or 2 for the second pass of a narrow tile
  private static void tile(Task task, int row, int rows, int lane, int first) {
    PanelFormat format = task.format;
    MemorySegment panel = task.panel;
    float[] heap = task.heap;
    int start = task.heapStart;
    float[] a = task.a;
    float[] c = task.c;
    int depth = task.depth;
    int last = row + rows - 1;
    int a0 = task.aStart + row * task.aStride;
    int a1 = task.aStart + Math.min(row + 1, last) * task.aStride;
    int a2 = task.aStart + Math.min(row + 2, last) * task.aStride;
    int a3 = task.aStart + Math.min(row + 3, last) * task.aStride;
    int a4 = task.aStart + Math.min(row + 4, last) * task.aStride;
    int column = task.cStart + lane + first * PART;
    int c0 = column + row * task.cStride;
    int c1 = column + Math.min(row + 1, last) * task.cStride;
    int c2 = column + Math.min(row + 2, last) * task.cStride;
    int c3 = column + Math.min(row + 3, last) * task.cStride;
    int c4 = column + Math.min(row + 4, last) * task.cStride;
    FloatVector s00 = initial(task, c, c0);
    FloatVector s01 = initial(task, c, c0 + PART);
    FloatVector s02 = WIDE ? initial(task, c, c0 + 2 * PART) : s00;
    FloatVector s03 = WIDE ? initial(task, c, c0 + 3 * PART) : s01;
    FloatVector s10 = initial(task, c, c1);
    FloatVector s11 = initial(task, c, c1 + PART);
    FloatVector s12 = WIDE ? initial(task, c, c1 + 2 * PART) : s10;
    FloatVector s13 = WIDE ? initial(task, c, c1 + 3 * PART) : s11;
    FloatVector s20 = initial(task, c, c2);
    FloatVector s21 = initial(task, c, c2 + PART);
    FloatVector s22 = WIDE ? initial(task, c, c2 + 2 * PART) : s20;
    FloatVector s23 = WIDE ? initial(task, c, c2 + 3 * PART) : s21;
    FloatVector s30 = initial(task, c, c3);
    FloatVector s31 = initial(task, c, c3 + PART);
    FloatVector s32 = WIDE ? initial(task, c, c3 + 2 * PART) : s30;
    FloatVector s33 = WIDE ? initial(task, c, c3 + 3 * PART) : s31;
    FloatVector s40 = initial(task, c, c4);
    FloatVector s41 = initial(task, c, c4 + PART);
    FloatVector s42 = WIDE ? initial(task, c, c4 + 2 * PART) : s40;
    FloatVector s43 = WIDE ? initial(task, c, c4 + 3 * PART) : s41;
    for (int k = 0; k < depth; k++) {
      FloatVector w0 = PanelFormat.load(format, panel, heap, start, k, lane, first);
      FloatVector w1 = PanelFormat.load(format, panel, heap, start, k, lane, first + 1);
      FloatVector w2 = WIDE ? PanelFormat.load(format, panel, heap, start, k, lane, 2) : w0;
      FloatVector w3 = WIDE ? PanelFormat.load(format, panel, heap, start, k, lane, 3) : w1;
      FloatVector x = Lanes.broadcast(a[a0 + k]);
      s00 = multiplyAdd(x, w0, s00);
      s01 = multiplyAdd(x, w1, s01);
      s02 = WIDE ? multiplyAdd(x, w2, s02) : s02;
      s03 = WIDE ? multiplyAdd(x, w3, s03) : s03;
      x = Lanes.broadcast(a[a1 + k]);
      s10 = multiplyAdd(x, w0, s10);
      s11 = multiplyAdd(x, w1, s11);
      s12 = WIDE ? multiplyAdd(x, w2, s12) : s12;
      s13 = WIDE ? multiplyAdd(x, w3, s13) : s13;
      x = Lanes.broadcast(a[a2 + k]);
      s20 = multiplyAdd(x, w0, s20);
      s21 = multiplyAdd(x, w1, s21);
      s22 = WIDE ? multiplyAdd(x, w2, s22) : s22;
      s23 = WIDE ? multiplyAdd(x, w3, s23) : s23;
      x = Lanes.broadcast(a[a3 + k]);
      s30 = multiplyAdd(x, w0, s30);
      s31 = multiplyAdd(x, w1, s31);
      s32 = WIDE ? multiplyAdd(x, w2, s32) : s32;
      s33 = WIDE ? multiplyAdd(x, w3, s33) : s33;
      x = Lanes.broadcast(a[a4 + k]);
      s40 = multiplyAdd(x, w0, s40);
      s41 = multiplyAdd(x, w1, s41);
      s42 = WIDE ? multiplyAdd(x, w2, s42) : s42;
      s43 = WIDE ? multiplyAdd(x, w3, s43) : s43;
    }
    store(c, c0, s00, s01, s02, s03);
    store(c, c1, s10, s11, s12, s13);
    store(c, c2, s20, s21, s22, s23);
    store(c, c3, s30, s31, s32, s33);
    store(c, c4, s40, s41, s42, s43);
  }

  private static void store(
      float[] c, int at, FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
    s0.intoArray(c, at);
    s1.intoArray(c, at + PART);
    if (WIDE) {
      s2.intoArray(c, at + 2 * PART);
      s3.intoArray(c, at + 3 * PART);
    }
  }
}
