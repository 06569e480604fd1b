package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;
import static org.clipscribe.tensor.vector.PanelFormat.PART;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.vector.Products.Matrix;

/// The inner loops of matrix products: some rows times a panel of 64 columns of weights.
///
/// Each sum runs over `k` in order in one accumulator, whether the row comes alone or with others,
/// so the result of a row does not depend on the rows around it.
///
/// The format is decided inside the loops. It is the same all through, and C2 makes a loop without
/// the decision for each format; but it does so for three conditions at most, so there must be no
/// fourth (measured: the last formats fall to a third of their speed).
///
/// Each kernel is one long method on purpose. C2 keeps locals in registers and arrays in memory,
/// hence the many named sums; and a vector that crosses a call which C2 did not inline is an
/// object, which happens to helper methods when they have been compiled before their caller, or
/// past 8000 bytecodes, but never to the methods of the Vector API.
final class PanelKernel {
  /// Whether a tile is 4 vectors wide. With 16 registers only 5 x 2 sums, 2 vectors of weights and
  /// 1 of the row fit; then a panel takes two passes.
  private static final boolean WIDE = Lanes.MANY_REGISTERS;

  private static final int PART_BYTES = PART * Float.BYTES;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelKernel() {}

  /// A product with one panel.
  ///
  /// @param panel lines of weights
  /// @param next what is multiplied after them, as many bytes at least
  /// @param a left-hand matrix, `[rows, depth]`
  /// @param c what the sums are added to, `[rows, width]`
  /// @param depth lines of the panel
  /// @param width columns of the result: 64, fewer in a last panel
  record Task(
      PanelFormat format,
      MemorySegment panel,
      MemorySegment next,
      Matrix a,
      Matrix c,
      int depth,
      int width) {

    /// The part of the next panel that the tile of `row` reads along, an eighth of it. Weights come
    /// from far, and only the first tile of a panel would wait for them: the later ones find them
    /// in the cache. Java has no instruction to fetch them ahead of time, but a load now and then
    /// is as good, if addresses follow one another. See `docs/adr/0022`.
    MemorySegment ahead(int row) {
      int eighth = Math.min(row / Tile.ROWS, 7);
      return next.asSlice(eighth * ((long) depth * format.lineBytes / 8));
    }
  }

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
    PanelFormat format = task.format;
    MemorySegment panel = task.panel;
    float[] a = task.a.array();
    MemorySegment ahead = task.ahead(row);
    int seen = 0;
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
      FloatVector w0;
      FloatVector w1;
      FloatVector w2 = zero;
      FloatVector w3 = zero;
      if (format == PanelFormat.F32) {
        long at = (k * 64L + lane + first * PART) * Float.BYTES;
        seen ^= ahead.get(ValueLayout.JAVA_INT_UNALIGNED, k * 32L);
        w0 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at, ORDER);
        w1 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + PART_BYTES, ORDER);
        if (WIDE) {
          w2 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 2 * PART_BYTES, ORDER);
          w3 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 3 * PART_BYTES, ORDER);
        }
      } else if (format == PanelFormat.BF16) {
        long at = (k * 32L + lane + first / 2 * PART) * Integer.BYTES;
        seen ^= ahead.get(ValueLayout.JAVA_INT_UNALIGNED, k * 16L);
        IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panel, at, ORDER);
        w0 = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        w1 = u.and(0xffff0000).reinterpretAsFloats();
        if (WIDE) {
          u = IntVector.fromMemorySegment(Lanes.INTS, panel, at + PART_BYTES, ORDER);
          w2 = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
          w3 = u.and(0xffff0000).reinterpretAsFloats();
        }
      } else {
        long at = (k * 16L + lane) * Integer.BYTES;
        seen ^= ahead.get(ValueLayout.JAVA_INT_UNALIGNED, k * 8L);
        IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panel, at, ORDER);
        // Each weight at the top, and below it what Int8Sums takes away.
        IntVector u0 = u.lanewise(VectorOperators.LSHL, 24 - 8 * first);
        IntVector u1 = u.lanewise(VectorOperators.LSHL, 16 - 8 * first);
        w0 = (FloatVector) u0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0);
        w1 = (FloatVector) u1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0);
        if (WIDE) {
          IntVector u2 = u.lanewise(VectorOperators.LSHL, 8);
          w2 = (FloatVector) u2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0);
          w3 = (FloatVector) u.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0);
        }
      }
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
    sums[Tile.SEEN] = seen;
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
