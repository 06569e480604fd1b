package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.PART;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

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
  /// Rows of a tile. 5 x 4 vectors of sums, 4 of weights and 1 of the row fill 25 of 32 registers;
  /// a sixth row costs the reduced formats a fifth of their speed.
  static final int ROWS = 5;

  /// Whether a tile is 4 vectors wide. With 16 registers only 5 x 2 sums, 2 vectors of weights and
  /// 1 of the row fit; then a panel takes two passes.
  private static final boolean WIDE = Lanes.MANY_REGISTERS;

  private static final int PART_BYTES = PART * Float.BYTES;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private PanelKernel() {}

  /// Where a product reads its left-hand rows, reads its panel and adds its sums.
  ///
  /// @param panel lines of weights
  /// @param a left-hand matrix, row `r` from `aStart + r * aStride`
  /// @param c what the sums are added to, row `r` from `cStart + r * cStride`, 64 columns
  /// @param depth lines of the panel
  record Task(
      PanelFormat format,
      MemorySegment panel,
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
    PanelFormat format = task.format;
    MemorySegment panel = task.panel;
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
      FloatVector w0;
      FloatVector w1;
      FloatVector w2 = zero;
      FloatVector w3 = zero;
      if (format == PanelFormat.F32) {
        long at = (k * 64L + lane + first * PART) * Float.BYTES;
        w0 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at, ORDER);
        w1 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + PART_BYTES, ORDER);
        if (WIDE) {
          w2 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 2 * PART_BYTES, ORDER);
          w3 = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 3 * PART_BYTES, ORDER);
        }
      } else if (format == PanelFormat.BF16) {
        long at = (k * 32L + lane + first / 2 * PART) * Integer.BYTES;
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
