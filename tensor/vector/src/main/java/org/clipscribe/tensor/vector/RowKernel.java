package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.PART;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The inner loops of the product of one row, which is what decoding waits for: they should run as
/// fast as memory delivers. Panels that follow one another in memory are best multiplied in that
/// order, for the processor fetches ahead beyond the end of a panel.
///
/// Each sum runs over `k` in order in one accumulator, as in [PanelKernel]: the result of a row
/// does not depend on the rows around it. The loops are written out for the reasons given there.
/// How a loop counts decides what C2 makes of it, see `docs/adr/0019`.
final class RowKernel {
  private static final int PART_BYTES = PART * Float.BYTES;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /// 1, in an array so that C2 does not know it: it unrolls a loop that it can count, moves all
  /// loads to the top and runs out of registers.
  private static final int[] ONE = {1};

  private RowKernel() {}

  /// A row of `a` and a panel.
  ///
  /// @param panel holds the first line at `start`
  /// @param a the row's elements, from `from` on
  /// @param c what the sums are added to, from `to` on, 64 columns
  /// @param depth lines of the panel
  record Task(
      PanelFormat format,
      MemorySegment panel,
      long start,
      float[] a,
      int from,
      float[] c,
      int to,
      int depth) {}

  /// Multiplies the row by the panel.
  static void multiply(Task task) {
    for (int lane = 0; lane < PART; lane += Lanes.COUNT) {
      long start = task.start + lane * 4L;
      int to = task.to + lane;
      switch (task.format) {
        case F32 -> floats(task.panel, start, task.a, task.from, task.c, to, task.depth);
        case BF16 -> bfloat16s(task.panel, start, task.a, task.from, task.c, to, task.depth);
        default -> int8s(task.panel, start, task.a, task.from, task.c, to, task.depth);
      }
    }
  }

  private static void floats(
      MemorySegment panel, long start, float[] a, int from, float[] c, int to, int depth) {
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, c, to);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, c, to + PART);
    FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, c, to + 2 * PART);
    FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, c, to + 3 * PART);
    for (int k = 0; k < depth; k++) {
      long at = start + k * 256L;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      FloatVector w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at, ORDER);
      s0 = x.fma(w, s0);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + PART_BYTES, ORDER);
      s1 = x.fma(w, s1);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 2 * PART_BYTES, ORDER);
      s2 = x.fma(w, s2);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 3 * PART_BYTES, ORDER);
      s3 = x.fma(w, s3);
    }
    s0.intoArray(c, to);
    s1.intoArray(c, to + PART);
    s2.intoArray(c, to + 2 * PART);
    s3.intoArray(c, to + 3 * PART);
  }

  private static void bfloat16s(
      MemorySegment panel, long start, float[] a, int from, float[] c, int to, int depth) {
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, c, to);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, c, to + PART);
    FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, c, to + 2 * PART);
    FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, c, to + 3 * PART);
    for (int k = 0; k < depth; k++) {
      long at = start + k * 128L;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panel, at, ORDER);
      s0 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s0);
      s1 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s1);
      u = IntVector.fromMemorySegment(Lanes.INTS, panel, at + PART_BYTES, ORDER);
      s2 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s2);
      s3 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s3);
    }
    s0.intoArray(c, to);
    s1.intoArray(c, to + PART);
    s2.intoArray(c, to + 2 * PART);
    s3.intoArray(c, to + 3 * PART);
  }

  /// Leaves sums that [Int8Sums] takes apart.
  ///
  private static void int8s(
      MemorySegment panel, long start, float[] a, int from, float[] c, int to, int depth) {
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, c, to);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, c, to + PART);
    FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, c, to + 2 * PART);
    FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, c, to + 3 * PART);
    for (int k = 0; k < depth; k += ONE[0]) {
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panel, start + k * 64L, ORDER);
      IntVector u0 = u.lanewise(VectorOperators.LSHL, 24);
      IntVector u1 = u.lanewise(VectorOperators.LSHL, 16);
      IntVector u2 = u.lanewise(VectorOperators.LSHL, 8);
      s0 = x.fma((FloatVector) u0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s0);
      s1 = x.fma((FloatVector) u1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s1);
      s2 = x.fma((FloatVector) u2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s2);
      s3 = x.fma((FloatVector) u.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s3);
    }
    s0.intoArray(c, to);
    s1.intoArray(c, to + PART);
    s2.intoArray(c, to + 2 * PART);
    s3.intoArray(c, to + 3 * PART);
  }
}
