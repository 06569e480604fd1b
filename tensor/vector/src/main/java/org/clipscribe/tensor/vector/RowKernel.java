package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;
import static org.clipscribe.tensor.vector.PanelFormat.PART;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The inner loops of the product of one row, which is what decoding waits for: they should run as
/// fast as memory delivers.
///
/// A processor fetches so many lines ahead of every run of addresses that it notices. Where a line
/// takes many instructions, its window holds few loads, and one run is not enough: the reduced
/// formats read three panels abreast, floats one after the other. See `docs/adr/0022`.
///
/// Each sum runs over `k` in order in one accumulator, as in [PanelKernel]: the result of a row
/// does not depend on the rows around it. The loops are written out for the reasons given there.
final class RowKernel {
  /// Most panels of a product.
  static final int PANELS = 3;

  private static final int PART_BYTES = PART * Float.BYTES;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private RowKernel() {}

  /// A row of `a` and up to three panels.
  ///
  /// @param panels hold the first line of the first panel at `start`; they follow one another
  /// @param count how many panels
  /// @param a the row's elements, from `from` on
  /// @param sums what the products are added to, `[3, 64]`; rows of missing panels hold anything
  /// @param depth lines of a panel
  record Task(
      PanelFormat format,
      MemorySegment panels,
      long start,
      int count,
      float[] a,
      int from,
      float[] sums,
      int depth) {

    /// Where a panel begins; one that is missing is computed as a copy of the last one.
    long panel(int index) {
      return start + (long) Math.min(index, count - 1) * depth * format.lineBytes;
    }
  }

  /// Multiplies the row by the panels.
  static void multiply(Task task) {
    for (int lane = 0; lane < PART; lane += Lanes.COUNT) {
      switch (task.format) {
        case F32 -> {
          for (int panel = 0; panel < task.count; panel++) {
            floats(task, panel, lane);
          }
        }
        case BF16 -> bfloat16s(task, lane);
        default -> int8s(task, lane);
      }
    }
  }

  private static void floats(Task task, int index, int lane) {
    MemorySegment panels = task.panels;
    float[] a = task.a;
    float[] sums = task.sums;
    int from = task.from;
    int depth = task.depth;
    long panel = task.panel(index) + lane * 4L;
    int to = index * COLUMNS + lane;
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, sums, to);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, sums, to + PART);
    FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, sums, to + 2 * PART);
    FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, sums, to + 3 * PART);
    for (int k = 0; k < depth; k++) {
      long at = panel + k * 256L;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      FloatVector w = FloatVector.fromMemorySegment(Lanes.FLOATS, panels, at, ORDER);
      s0 = x.fma(w, s0);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panels, at + PART_BYTES, ORDER);
      s1 = x.fma(w, s1);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panels, at + 2 * PART_BYTES, ORDER);
      s2 = x.fma(w, s2);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panels, at + 3 * PART_BYTES, ORDER);
      s3 = x.fma(w, s3);
    }
    s0.intoArray(sums, to);
    s1.intoArray(sums, to + PART);
    s2.intoArray(sums, to + 2 * PART);
    s3.intoArray(sums, to + 3 * PART);
  }

  private static void bfloat16s(Task task, int lane) {
    MemorySegment panels = task.panels;
    float[] a = task.a;
    float[] sums = task.sums;
    int from = task.from;
    int depth = task.depth;
    long first = task.panel(0) + lane * 4L;
    long second = task.panel(1) + lane * 4L;
    long third = task.panel(2) + lane * 4L;
    FloatVector s00 = FloatVector.fromArray(Lanes.FLOATS, sums, lane);
    FloatVector s01 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + PART);
    FloatVector s02 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 2 * PART);
    FloatVector s03 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 3 * PART);
    FloatVector s10 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 4 * PART);
    FloatVector s11 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 5 * PART);
    FloatVector s12 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 6 * PART);
    FloatVector s13 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 7 * PART);
    FloatVector s20 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 8 * PART);
    FloatVector s21 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 9 * PART);
    FloatVector s22 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 10 * PART);
    FloatVector s23 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 11 * PART);
    for (int k = 0; k < depth; k++) {
      long line = k * 128L;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panels, first + line, ORDER);
      s00 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s00);
      s01 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s01);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, first + line + PART_BYTES, ORDER);
      s02 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s02);
      s03 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s03);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, second + line, ORDER);
      s10 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s10);
      s11 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s11);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, second + line + PART_BYTES, ORDER);
      s12 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s12);
      s13 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s13);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, third + line, ORDER);
      s20 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s20);
      s21 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s21);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, third + line + PART_BYTES, ORDER);
      s22 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s22);
      s23 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s23);
    }
    s00.intoArray(sums, lane);
    s01.intoArray(sums, lane + PART);
    s02.intoArray(sums, lane + 2 * PART);
    s03.intoArray(sums, lane + 3 * PART);
    s10.intoArray(sums, lane + 4 * PART);
    s11.intoArray(sums, lane + 5 * PART);
    s12.intoArray(sums, lane + 6 * PART);
    s13.intoArray(sums, lane + 7 * PART);
    s20.intoArray(sums, lane + 8 * PART);
    s21.intoArray(sums, lane + 9 * PART);
    s22.intoArray(sums, lane + 10 * PART);
    s23.intoArray(sums, lane + 11 * PART);
  }

  /// Leaves sums that [Int8Sums] takes apart.
  private static void int8s(Task task, int lane) {
    MemorySegment panels = task.panels;
    float[] a = task.a;
    float[] sums = task.sums;
    int from = task.from;
    int depth = task.depth;
    long first = task.panel(0) + lane * 4L;
    long second = task.panel(1) + lane * 4L;
    long third = task.panel(2) + lane * 4L;
    FloatVector s00 = FloatVector.fromArray(Lanes.FLOATS, sums, lane);
    FloatVector s01 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + PART);
    FloatVector s02 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 2 * PART);
    FloatVector s03 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 3 * PART);
    FloatVector s10 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 4 * PART);
    FloatVector s11 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 5 * PART);
    FloatVector s12 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 6 * PART);
    FloatVector s13 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 7 * PART);
    FloatVector s20 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 8 * PART);
    FloatVector s21 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 9 * PART);
    FloatVector s22 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 10 * PART);
    FloatVector s23 = FloatVector.fromArray(Lanes.FLOATS, sums, lane + 11 * PART);
    for (int k = 0; k < depth; k++) {
      long line = k * 64L;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panels, first + line, ORDER);
      IntVector v = u.lanewise(VectorOperators.LSHL, 24);
      s00 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s00);
      v = u.lanewise(VectorOperators.LSHL, 16);
      s01 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s01);
      v = u.lanewise(VectorOperators.LSHL, 8);
      s02 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s02);
      s03 = x.fma((FloatVector) u.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s03);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, second + line, ORDER);
      v = u.lanewise(VectorOperators.LSHL, 24);
      s10 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s10);
      v = u.lanewise(VectorOperators.LSHL, 16);
      s11 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s11);
      v = u.lanewise(VectorOperators.LSHL, 8);
      s12 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s12);
      s13 = x.fma((FloatVector) u.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s13);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, third + line, ORDER);
      v = u.lanewise(VectorOperators.LSHL, 24);
      s20 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s20);
      v = u.lanewise(VectorOperators.LSHL, 16);
      s21 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s21);
      v = u.lanewise(VectorOperators.LSHL, 8);
      s22 = x.fma((FloatVector) v.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s22);
      s23 = x.fma((FloatVector) u.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s23);
    }
    s00.intoArray(sums, lane);
    s01.intoArray(sums, lane + PART);
    s02.intoArray(sums, lane + 2 * PART);
    s03.intoArray(sums, lane + 3 * PART);
    s10.intoArray(sums, lane + 4 * PART);
    s11.intoArray(sums, lane + 5 * PART);
    s12.intoArray(sums, lane + 6 * PART);
    s13.intoArray(sums, lane + 7 * PART);
    s20.intoArray(sums, lane + 8 * PART);
    s21.intoArray(sums, lane + 9 * PART);
    s22.intoArray(sums, lane + 10 * PART);
    s23.intoArray(sums, lane + 11 * PART);
  }
}
