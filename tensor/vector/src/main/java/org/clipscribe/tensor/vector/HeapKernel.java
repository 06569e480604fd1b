package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.PART;

import jdk.incubator.vector.FloatVector;

/// The same as [PanelKernel] for panels that lie on the heap: a right-hand matrix that is an
/// activation, packed for one product.
///
/// A kernel of its own, because one for both gave C2 a reason to compile it again: from the loop
/// over weights it took checks that products on the heap then failed, and in one of four processes
/// the second compilation was three times slower for good.
final class HeapKernel {
  private static final int ROWS = PanelKernel.ROWS;

  private static final boolean WIDE = Lanes.MANY_REGISTERS;

  private HeapKernel() {}

  /// What [PanelKernel.Task] says of a product, with its panel on the heap.
  ///
  /// @param panel lines of floats, from `start` on
  record Task(
      float[] panel,
      int start,
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
      int count = Math.min(rows - row, ROWS);
      for (int lane = 0; lane < PART; lane += Lanes.COUNT) {
        tile(task, row, count, lane, 0);
        if (!WIDE) {
          tile(task, row, count, lane, 2);
        }
      }
    }
  }

  /// Up to 5 rows; a missing row is a copy of the last one, computed and stored again.
  ///
  /// @param lane first of the columns of a part that are computed, `Lanes.COUNT` of them
  /// @param pass the part of a line to begin at: 0, or 2 for the second pass of a narrow tile
  private static void tile(Task task, int row, int rows, int lane, int pass) {
    int first = WIDE ? 0 : pass;
    float[] panel = task.panel;
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
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    // All loads before the first store: a copy must not see what its original stored.
    FloatVector s00 = FloatVector.fromArray(Lanes.FLOATS, c, c0);
    FloatVector s01 = FloatVector.fromArray(Lanes.FLOATS, c, c0 + PART);
    FloatVector s02 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c0 + 2 * PART) : zero;
    FloatVector s03 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c0 + 3 * PART) : zero;
    FloatVector s10 = FloatVector.fromArray(Lanes.FLOATS, c, c1);
    FloatVector s11 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + PART);
    FloatVector s12 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c1 + 2 * PART) : zero;
    FloatVector s13 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c1 + 3 * PART) : zero;
    FloatVector s20 = FloatVector.fromArray(Lanes.FLOATS, c, c2);
    FloatVector s21 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + PART);
    FloatVector s22 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c2 + 2 * PART) : zero;
    FloatVector s23 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c2 + 3 * PART) : zero;
    FloatVector s30 = FloatVector.fromArray(Lanes.FLOATS, c, c3);
    FloatVector s31 = FloatVector.fromArray(Lanes.FLOATS, c, c3 + PART);
    FloatVector s32 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + 2 * PART) : zero;
    FloatVector s33 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + 3 * PART) : zero;
    FloatVector s40 = FloatVector.fromArray(Lanes.FLOATS, c, c4);
    FloatVector s41 = FloatVector.fromArray(Lanes.FLOATS, c, c4 + PART);
    FloatVector s42 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + 2 * PART) : zero;
    FloatVector s43 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + 3 * PART) : zero;
    for (int k = 0; k < depth; k++) {
      int at = task.start + k * PanelFormat.COLUMNS + lane + first * PART;
      FloatVector w0 = FloatVector.fromArray(Lanes.FLOATS, panel, at);
      FloatVector w1 = FloatVector.fromArray(Lanes.FLOATS, panel, at + PART);
      FloatVector w2 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, panel, at + 2 * PART) : zero;
      FloatVector w3 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, panel, at + 3 * PART) : zero;
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
