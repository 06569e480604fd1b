package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.Lanes.load;
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

  /// Where a product reads its left-hand rows, reads its panel and adds its sums.
  ///
  /// @param panel lines of weights, except for `HEAP`
  /// @param heap lines of weights from `heapStart`, for `HEAP`
  /// @param a left-hand matrix, row `r` from `aStart + r * aStride`
  /// @param c what the sums are added to, row `r` from `cStart + r * cStride`, 64 columns
  /// @param depth lines of the panel
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
      int depth) {}

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
    FloatVector s0 = FloatVector.zero(Lanes.FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int k = 0; k < depth; k++) {
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      s0 = x.fma(PanelFormat.load(format, panel, heap, start, k, lane, 0), s0);
      s1 = x.fma(PanelFormat.load(format, panel, heap, start, k, lane, 1), s1);
      s2 = x.fma(PanelFormat.load(format, panel, heap, start, k, lane, 2), s2);
      s3 = x.fma(PanelFormat.load(format, panel, heap, start, k, lane, 3), s3);
    }
    s0.add(load(c, to)).intoArray(c, to);
    s1.add(load(c, to + PART)).intoArray(c, to + PART);
    s2.add(load(c, to + 2 * PART)).intoArray(c, to + 2 * PART);
    s3.add(load(c, to + 3 * PART)).intoArray(c, to + 3 * PART);
  }

  /// Up to 5 rows; a missing row is a copy of the last one, computed and stored again.
  ///
  /// Twenty named sums, because C2 keeps locals in registers and arrays in memory. No helper methods
  /// after the first loads: C2 inlines the Vector API without limit but anything else only up to
  /// 8000 bytecodes a method, and a vector that crosses a call is an object.
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
    FloatVector s00 = FloatVector.zero(Lanes.FLOATS);
    FloatVector s01 = s00;
    FloatVector s02 = s00;
    FloatVector s03 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s12 = s00;
    FloatVector s13 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s22 = s00;
    FloatVector s23 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    FloatVector s32 = s00;
    FloatVector s33 = s00;
    FloatVector s40 = s00;
    FloatVector s41 = s00;
    FloatVector s42 = s00;
    FloatVector s43 = s00;
    for (int k = 0; k < depth; k++) {
      FloatVector w0 = PanelFormat.load(format, panel, heap, start, k, lane, first);
      FloatVector w1 = PanelFormat.load(format, panel, heap, start, k, lane, first + 1);
      FloatVector w2 = WIDE ? PanelFormat.load(format, panel, heap, start, k, lane, 2) : w0;
      FloatVector w3 = WIDE ? PanelFormat.load(format, panel, heap, start, k, lane, 3) : w1;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[a0 + k]);
      s00 = x.fma(w0, s00);
      s01 = x.fma(w1, s01);
      if (WIDE) {
        s02 = x.fma(w2, s02);
        s03 = x.fma(w3, s03);
      }
      x = FloatVector.broadcast(Lanes.FLOATS, a[a1 + k]);
      s10 = x.fma(w0, s10);
      s11 = x.fma(w1, s11);
      if (WIDE) {
        s12 = x.fma(w2, s12);
        s13 = x.fma(w3, s13);
      }
      x = FloatVector.broadcast(Lanes.FLOATS, a[a2 + k]);
      s20 = x.fma(w0, s20);
      s21 = x.fma(w1, s21);
      if (WIDE) {
        s22 = x.fma(w2, s22);
        s23 = x.fma(w3, s23);
      }
      x = FloatVector.broadcast(Lanes.FLOATS, a[a3 + k]);
      s30 = x.fma(w0, s30);
      s31 = x.fma(w1, s31);
      if (WIDE) {
        s32 = x.fma(w2, s32);
        s33 = x.fma(w3, s33);
      }
      x = FloatVector.broadcast(Lanes.FLOATS, a[a4 + k]);
      s40 = x.fma(w0, s40);
      s41 = x.fma(w1, s41);
      if (WIDE) {
        s42 = x.fma(w2, s42);
        s43 = x.fma(w3, s43);
      }
    }
    // All sums before the first store: a copied row must not see what its original stored.
    s00 = s00.add(FloatVector.fromArray(Lanes.FLOATS, c, c0));
    s01 = s01.add(FloatVector.fromArray(Lanes.FLOATS, c, c0 + PART));
    s10 = s10.add(FloatVector.fromArray(Lanes.FLOATS, c, c1));
    s11 = s11.add(FloatVector.fromArray(Lanes.FLOATS, c, c1 + PART));
    s20 = s20.add(FloatVector.fromArray(Lanes.FLOATS, c, c2));
    s21 = s21.add(FloatVector.fromArray(Lanes.FLOATS, c, c2 + PART));
    s30 = s30.add(FloatVector.fromArray(Lanes.FLOATS, c, c3));
    s31 = s31.add(FloatVector.fromArray(Lanes.FLOATS, c, c3 + PART));
    s40 = s40.add(FloatVector.fromArray(Lanes.FLOATS, c, c4));
    s41 = s41.add(FloatVector.fromArray(Lanes.FLOATS, c, c4 + PART));
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + PART);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + PART);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + PART);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + PART);
    s40.intoArray(c, c4);
    s41.intoArray(c, c4 + PART);
    if (WIDE) {
      s02 = s02.add(FloatVector.fromArray(Lanes.FLOATS, c, c0 + 2 * PART));
      s03 = s03.add(FloatVector.fromArray(Lanes.FLOATS, c, c0 + 3 * PART));
      s12 = s12.add(FloatVector.fromArray(Lanes.FLOATS, c, c1 + 2 * PART));
      s13 = s13.add(FloatVector.fromArray(Lanes.FLOATS, c, c1 + 3 * PART));
      s22 = s22.add(FloatVector.fromArray(Lanes.FLOATS, c, c2 + 2 * PART));
      s23 = s23.add(FloatVector.fromArray(Lanes.FLOATS, c, c2 + 3 * PART));
      s32 = s32.add(FloatVector.fromArray(Lanes.FLOATS, c, c3 + 2 * PART));
      s33 = s33.add(FloatVector.fromArray(Lanes.FLOATS, c, c3 + 3 * PART));
      s42 = s42.add(FloatVector.fromArray(Lanes.FLOATS, c, c4 + 2 * PART));
      s43 = s43.add(FloatVector.fromArray(Lanes.FLOATS, c, c4 + 3 * PART));
      s02.intoArray(c, c0 + 2 * PART);
      s03.intoArray(c, c0 + 3 * PART);
      s12.intoArray(c, c1 + 2 * PART);
      s13.intoArray(c, c1 + 3 * PART);
      s22.intoArray(c, c2 + 2 * PART);
      s23.intoArray(c, c2 + 3 * PART);
      s32.intoArray(c, c3 + 2 * PART);
      s33.intoArray(c, c3 + 3 * PART);
      s42.intoArray(c, c4 + 2 * PART);
      s43.intoArray(c, c4 + 3 * PART);
    }
  }
}
