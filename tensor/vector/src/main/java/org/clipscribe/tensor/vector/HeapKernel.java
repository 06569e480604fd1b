package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;
import static org.clipscribe.tensor.vector.PanelFormat.PART;

import jdk.incubator.vector.FloatVector;
import org.clipscribe.tensor.vector.Products.Matrix;

/// The same as [PanelKernel] for panels that lie on the heap: a right-hand matrix that is an
/// activation, packed for one product.
///
/// A kernel of its own, because one for both gave C2 a reason to compile it again: from the loop
/// over weights it took checks that products on the heap then failed, and in one of four processes
/// the second compilation was three times slower for good.
final class HeapKernel {
  private static final boolean WIDE = Lanes.MANY_REGISTERS;

  private HeapKernel() {}

  /// What [PanelKernel.Task] says of a product, with its panel on the heap.
  ///
  /// @param panel lines of floats, from `start` on
  record Task(float[] panel, int start, Matrix a, Matrix c, int depth, int width) {}

  /// Adds the products of `rows` rows and the panel to the sums.
  static void multiply(Task task, int rows) {
    float[] sums = Tile.sums();
    for (int row = 0; row < rows; row += Tile.ROWS) {
      int count = Math.min(rows - row, Tile.ROWS);
      Tile.load(task.c, row, count, task.width, sums);
      for (int lane = 0; lane < PART; lane += Lanes.COUNT) {
        tile(task, row, count, lane, 0, sums);
        if (!WIDE) {
          tile(task, row, count, lane, 2, sums);
        }
      }
      Tile.store(sums, task.c, row, count, task.width);
    }
  }

  /// Up to 5 rows; a missing row is computed as a copy of the last one and left there.
  ///
  /// @param lane first of the columns of a part that are computed, `Lanes.COUNT` of them
  /// @param pass the part of a line to begin at: 0, or 2 for the second pass of a narrow tile
  private static void tile(Task task, int row, int rows, int lane, int pass, float[] sums) {
    int first = WIDE ? 0 : pass;
    float[] panel = task.panel;
    float[] a = task.a.array();
    int depth = task.depth;
    int last = row + rows - 1;
    int a0 = task.a.start() + row * task.a.stride();
    int a1 = task.a.start() + Math.min(row + 1, last) * task.a.stride();
    int a2 = task.a.start() + Math.min(row + 2, last) * task.a.stride();
    int a3 = task.a.start() + Math.min(row + 3, last) * task.a.stride();
    int a4 = task.a.start() + Math.min(row + 4, last) * task.a.stride();
    int corner = lane + first * PART;
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector s00 = FloatVector.fromArray(Lanes.FLOATS, sums, corner);
    FloatVector s01 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + PART);
    FloatVector s02 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 2 * PART) : zero;
    FloatVector s03 = WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 3 * PART) : zero;
    FloatVector s10 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + COLUMNS);
    FloatVector s11 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + COLUMNS + PART);
    FloatVector s12 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + COLUMNS + 2 * PART) : zero;
    FloatVector s13 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + COLUMNS + 3 * PART) : zero;
    FloatVector s20 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + 2 * COLUMNS);
    FloatVector s21 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + 2 * COLUMNS + PART);
    FloatVector s22 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 2 * COLUMNS + 2 * PART) : zero;
    FloatVector s23 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 2 * COLUMNS + 3 * PART) : zero;
    FloatVector s30 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + 3 * COLUMNS);
    FloatVector s31 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + 3 * COLUMNS + PART);
    FloatVector s32 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 3 * COLUMNS + 2 * PART) : zero;
    FloatVector s33 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 3 * COLUMNS + 3 * PART) : zero;
    FloatVector s40 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + 4 * COLUMNS);
    FloatVector s41 = FloatVector.fromArray(Lanes.FLOATS, sums, corner + 4 * COLUMNS + PART);
    FloatVector s42 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 4 * COLUMNS + 2 * PART) : zero;
    FloatVector s43 =
        WIDE ? FloatVector.fromArray(Lanes.FLOATS, sums, corner + 4 * COLUMNS + 3 * PART) : zero;
    for (int k = 0; k < depth; k++) {
      int at = task.start + k * COLUMNS + lane + first * PART;
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
    s00.intoArray(sums, corner);
    s01.intoArray(sums, corner + PART);
    s10.intoArray(sums, corner + COLUMNS);
    s11.intoArray(sums, corner + COLUMNS + PART);
    s20.intoArray(sums, corner + 2 * COLUMNS);
    s21.intoArray(sums, corner + 2 * COLUMNS + PART);
    s30.intoArray(sums, corner + 3 * COLUMNS);
    s31.intoArray(sums, corner + 3 * COLUMNS + PART);
    s40.intoArray(sums, corner + 4 * COLUMNS);
    s41.intoArray(sums, corner + 4 * COLUMNS + PART);
    if (WIDE) {
      s02.intoArray(sums, corner + 2 * PART);
      s03.intoArray(sums, corner + 3 * PART);
      s12.intoArray(sums, corner + COLUMNS + 2 * PART);
      s13.intoArray(sums, corner + COLUMNS + 3 * PART);
      s22.intoArray(sums, corner + 2 * COLUMNS + 2 * PART);
      s23.intoArray(sums, corner + 2 * COLUMNS + 3 * PART);
      s32.intoArray(sums, corner + 3 * COLUMNS + 2 * PART);
      s33.intoArray(sums, corner + 3 * COLUMNS + 3 * PART);
      s42.intoArray(sums, corner + 4 * COLUMNS + 2 * PART);
      s43.intoArray(sums, corner + 4 * COLUMNS + 3 * PART);
    }
  }
}
