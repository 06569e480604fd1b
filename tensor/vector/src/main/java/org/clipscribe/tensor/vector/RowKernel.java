package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.PART;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The inner loops of the product of one row, which is what decoding waits for: they should run as
/// fast as memory delivers.
///
/// In the reduced formats several panels go abreast: there is arithmetic between the loads, and one
/// stream of loads from one panel does not keep memory busy meanwhile. Measured in
/// `docs/adr/0016`: int8 reaches 0.75-0.93 of a loop that only reads instead of 0.70-0.74.
///
/// C2 must leave the loops as they are: unrolled, it moves all loads to the top and the registers
/// run out. It unrolls only loops that it can count, hence a step that it does not know to be 1.
/// Then it also leaves the check of bounds before each load, which keeps the loads in order and
/// costs nothing beside waiting for memory.
///
/// Each sum runs over `k` in order in one accumulator, as in [PanelKernel]: the result of a row
/// does not depend on the rows around it. The loops are written out for the reasons given there.
final class RowKernel {
  /// Panels that go abreast, at most. Six times 4 sums, the row and 2 or 3 vectors of weights fill
  /// 28 of 32 registers; three fit into 16.
  static final int PANELS = Lanes.MANY_REGISTERS ? 6 : 3;

  private static final boolean MANY = Lanes.MANY_REGISTERS;

  private static final int PART_BYTES = PART * Float.BYTES;

  private static final int TOP_BYTE = 0xff000000;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private RowKernel() {}

  /// A row of `a` and some panels that lie at equal distances.
  ///
  /// @param panels holds the first line of the first panel at `start`, that of the next one `gap`
  ///     bytes on
  /// @param count of panels, `1 .. PANELS`
  /// @param a the row's elements, from `from` on
  /// @param c what the sums are added to, from `to` on, 64 columns for each panel
  /// @param depth lines of each panel
  /// @param step 1
  record Task(
      PanelFormat format,
      MemorySegment panels,
      long start,
      long gap,
      int count,
      float[] a,
      int from,
      float[] c,
      int to,
      int depth,
      int step) {}

  /// Multiplies the row by the panels. A missing panel is a copy of the last one, computed and
  /// stored again.
  static void multiply(Task task) {
    int last = task.count - 1;
    for (int lane = 0; lane < PART; lane += Lanes.COUNT) {
      long start = task.start + lane * 4L;
      int to = task.to + lane;
      switch (task.format) {
        case F32 -> floats(task, lane);
        case BF16 ->
            bfloat16s(
                task.panels,
                start,
                task.gap,
                last,
                task.a,
                task.from,
                task.c,
                to,
                task.depth,
                task.step);
        default ->
            int8s(
                task.panels,
                start,
                task.gap,
                last,
                task.a,
                task.from,
                task.c,
                to,
                task.depth,
                task.step);
      }
    }
  }

  /// One panel at a time, because the lines of a panel of floats are long: as fast as a loop that
  /// only reads; six panels abreast were no faster.
  private static void floats(Task task, int lane) {
    for (int i = 0; i < task.count; i++) {
      long start = task.start + i * task.gap + lane * 4L;
      int to = task.to + i * PanelFormat.COLUMNS + lane;
      floatPanel(task.panels, start, task.a, task.from, task.c, to, task.depth);
    }
  }

  /// Two lines in each round: C2 does not unroll so long a body.
  private static void floatPanel(
      MemorySegment panel, long start, float[] a, int from, float[] c, int to, int depth) {
    FloatVector s0 = FloatVector.fromArray(Lanes.FLOATS, c, to);
    FloatVector s1 = FloatVector.fromArray(Lanes.FLOATS, c, to + PART);
    FloatVector s2 = FloatVector.fromArray(Lanes.FLOATS, c, to + 2 * PART);
    FloatVector s3 = FloatVector.fromArray(Lanes.FLOATS, c, to + 3 * PART);
    int even = depth & ~1;
    for (int k = 0; k < even; k += 2) {
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
      at = start + (k + 1) * 256L;
      x = FloatVector.broadcast(Lanes.FLOATS, a[from + k + 1]);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at, ORDER);
      s0 = x.fma(w, s0);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + PART_BYTES, ORDER);
      s1 = x.fma(w, s1);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 2 * PART_BYTES, ORDER);
      s2 = x.fma(w, s2);
      w = FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at + 3 * PART_BYTES, ORDER);
      s3 = x.fma(w, s3);
    }
    if (even < depth) {
      long at = start + even * 256L;
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + even]);
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
      MemorySegment panels,
      long start,
      long gap,
      int last,
      float[] a,
      int from,
      float[] c,
      int to,
      int depth,
      int step) {
    long p1 = start + Math.min(1, last) * gap;
    long p2 = start + Math.min(2, last) * gap;
    long p3 = start + Math.min(3, last) * gap;
    long p4 = start + Math.min(4, last) * gap;
    long p5 = start + Math.min(5, last) * gap;
    int c1 = to + Math.min(1, last) * PanelFormat.COLUMNS;
    int c2 = to + Math.min(2, last) * PanelFormat.COLUMNS;
    int c3 = to + Math.min(3, last) * PanelFormat.COLUMNS;
    int c4 = to + Math.min(4, last) * PanelFormat.COLUMNS;
    int c5 = to + Math.min(5, last) * PanelFormat.COLUMNS;
    FloatVector s00 = FloatVector.fromArray(Lanes.FLOATS, c, to);
    FloatVector s01 = FloatVector.fromArray(Lanes.FLOATS, c, to + PART);
    FloatVector s02 = FloatVector.fromArray(Lanes.FLOATS, c, to + 2 * PART);
    FloatVector s03 = FloatVector.fromArray(Lanes.FLOATS, c, to + 3 * PART);
    FloatVector s10 = FloatVector.fromArray(Lanes.FLOATS, c, c1);
    FloatVector s11 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + PART);
    FloatVector s12 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + 2 * PART);
    FloatVector s13 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + 3 * PART);
    FloatVector s20 = FloatVector.fromArray(Lanes.FLOATS, c, c2);
    FloatVector s21 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + PART);
    FloatVector s22 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + 2 * PART);
    FloatVector s23 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + 3 * PART);
    FloatVector s30 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3) : s00;
    FloatVector s31 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + PART) : s00;
    FloatVector s32 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + 2 * PART) : s00;
    FloatVector s33 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + 3 * PART) : s00;
    FloatVector s40 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4) : s00;
    FloatVector s41 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + PART) : s00;
    FloatVector s42 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + 2 * PART) : s00;
    FloatVector s43 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + 3 * PART) : s00;
    FloatVector s50 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5) : s00;
    FloatVector s51 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5 + PART) : s00;
    FloatVector s52 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5 + 2 * PART) : s00;
    FloatVector s53 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5 + 3 * PART) : s00;
    for (int k = 0; k < depth; k += step) {
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k]);
      long at = start + k * 128L;
      IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panels, at, ORDER);
      s00 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s00);
      s01 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s01);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, at + PART_BYTES, ORDER);
      s02 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s02);
      s03 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s03);
      at = p1 + k * 128L;
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, at, ORDER);
      s10 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s10);
      s11 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s11);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, at + PART_BYTES, ORDER);
      s12 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s12);
      s13 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s13);
      at = p2 + k * 128L;
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, at, ORDER);
      s20 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s20);
      s21 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s21);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, at + PART_BYTES, ORDER);
      s22 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s22);
      s23 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s23);
      if (MANY) {
        at = p3 + k * 128L;
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, at, ORDER);
        s30 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s30);
        s31 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s31);
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, at + PART_BYTES, ORDER);
        s32 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s32);
        s33 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s33);
        at = p4 + k * 128L;
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, at, ORDER);
        s40 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s40);
        s41 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s41);
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, at + PART_BYTES, ORDER);
        s42 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s42);
        s43 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s43);
        at = p5 + k * 128L;
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, at, ORDER);
        s50 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s50);
        s51 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s51);
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, at + PART_BYTES, ORDER);
        s52 = x.fma(u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), s52);
        s53 = x.fma(u.and(0xffff0000).reinterpretAsFloats(), s53);
      }
    }
    s00.intoArray(c, to);
    s01.intoArray(c, to + PART);
    s02.intoArray(c, to + 2 * PART);
    s03.intoArray(c, to + 3 * PART);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + PART);
    s12.intoArray(c, c1 + 2 * PART);
    s13.intoArray(c, c1 + 3 * PART);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + PART);
    s22.intoArray(c, c2 + 2 * PART);
    s23.intoArray(c, c2 + 3 * PART);
    if (MANY) {
      s30.intoArray(c, c3);
      s31.intoArray(c, c3 + PART);
      s32.intoArray(c, c3 + 2 * PART);
      s33.intoArray(c, c3 + 3 * PART);
      s40.intoArray(c, c4);
      s41.intoArray(c, c4 + PART);
      s42.intoArray(c, c4 + 2 * PART);
      s43.intoArray(c, c4 + 3 * PART);
      s50.intoArray(c, c5);
      s51.intoArray(c, c5 + PART);
      s52.intoArray(c, c5 + 2 * PART);
      s53.intoArray(c, c5 + 3 * PART);
    }
  }

  /// Bytes stay where they are at the top of a lane, or are brought there: as integers they are
  /// 2^24 times as large, and the row is made as much smaller. Both are exact,
  /// but for elements below 1e-30.
  private static void int8s(
      MemorySegment panels,
      long start,
      long gap,
      int last,
      float[] a,
      int from,
      float[] c,
      int to,
      int depth,
      int step) {
    long p1 = start + Math.min(1, last) * gap;
    long p2 = start + Math.min(2, last) * gap;
    long p3 = start + Math.min(3, last) * gap;
    long p4 = start + Math.min(4, last) * gap;
    long p5 = start + Math.min(5, last) * gap;
    int c1 = to + Math.min(1, last) * PanelFormat.COLUMNS;
    int c2 = to + Math.min(2, last) * PanelFormat.COLUMNS;
    int c3 = to + Math.min(3, last) * PanelFormat.COLUMNS;
    int c4 = to + Math.min(4, last) * PanelFormat.COLUMNS;
    int c5 = to + Math.min(5, last) * PanelFormat.COLUMNS;
    FloatVector s00 = FloatVector.fromArray(Lanes.FLOATS, c, to);
    FloatVector s01 = FloatVector.fromArray(Lanes.FLOATS, c, to + PART);
    FloatVector s02 = FloatVector.fromArray(Lanes.FLOATS, c, to + 2 * PART);
    FloatVector s03 = FloatVector.fromArray(Lanes.FLOATS, c, to + 3 * PART);
    FloatVector s10 = FloatVector.fromArray(Lanes.FLOATS, c, c1);
    FloatVector s11 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + PART);
    FloatVector s12 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + 2 * PART);
    FloatVector s13 = FloatVector.fromArray(Lanes.FLOATS, c, c1 + 3 * PART);
    FloatVector s20 = FloatVector.fromArray(Lanes.FLOATS, c, c2);
    FloatVector s21 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + PART);
    FloatVector s22 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + 2 * PART);
    FloatVector s23 = FloatVector.fromArray(Lanes.FLOATS, c, c2 + 3 * PART);
    FloatVector s30 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3) : s00;
    FloatVector s31 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + PART) : s00;
    FloatVector s32 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + 2 * PART) : s00;
    FloatVector s33 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c3 + 3 * PART) : s00;
    FloatVector s40 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4) : s00;
    FloatVector s41 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + PART) : s00;
    FloatVector s42 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + 2 * PART) : s00;
    FloatVector s43 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c4 + 3 * PART) : s00;
    FloatVector s50 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5) : s00;
    FloatVector s51 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5 + PART) : s00;
    FloatVector s52 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5 + 2 * PART) : s00;
    FloatVector s53 = MANY ? FloatVector.fromArray(Lanes.FLOATS, c, c5 + 3 * PART) : s00;
    for (int k = 0; k < depth; k += step) {
      FloatVector x = FloatVector.broadcast(Lanes.FLOATS, a[from + k] * 0x1p-24f);
      IntVector u = IntVector.fromMemorySegment(Lanes.INTS, panels, start + k * 64L, ORDER);
      IntVector b0 = u.lanewise(VectorOperators.LSHL, 24);
      IntVector b1 = u.lanewise(VectorOperators.LSHL, 16).and(TOP_BYTE);
      IntVector b2 = u.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE);
      IntVector b3 = u.and(TOP_BYTE);
      s00 = x.fma((FloatVector) b0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s00);
      s01 = x.fma((FloatVector) b1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s01);
      s02 = x.fma((FloatVector) b2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s02);
      s03 = x.fma((FloatVector) b3.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s03);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, p1 + k * 64L, ORDER);
      b0 = u.lanewise(VectorOperators.LSHL, 24);
      b1 = u.lanewise(VectorOperators.LSHL, 16).and(TOP_BYTE);
      b2 = u.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE);
      b3 = u.and(TOP_BYTE);
      s10 = x.fma((FloatVector) b0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s10);
      s11 = x.fma((FloatVector) b1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s11);
      s12 = x.fma((FloatVector) b2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s12);
      s13 = x.fma((FloatVector) b3.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s13);
      u = IntVector.fromMemorySegment(Lanes.INTS, panels, p2 + k * 64L, ORDER);
      b0 = u.lanewise(VectorOperators.LSHL, 24);
      b1 = u.lanewise(VectorOperators.LSHL, 16).and(TOP_BYTE);
      b2 = u.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE);
      b3 = u.and(TOP_BYTE);
      s20 = x.fma((FloatVector) b0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s20);
      s21 = x.fma((FloatVector) b1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s21);
      s22 = x.fma((FloatVector) b2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s22);
      s23 = x.fma((FloatVector) b3.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s23);
      if (MANY) {
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, p3 + k * 64L, ORDER);
        b0 = u.lanewise(VectorOperators.LSHL, 24);
        b1 = u.lanewise(VectorOperators.LSHL, 16).and(TOP_BYTE);
        b2 = u.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE);
        b3 = u.and(TOP_BYTE);
        s30 = x.fma((FloatVector) b0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s30);
        s31 = x.fma((FloatVector) b1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s31);
        s32 = x.fma((FloatVector) b2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s32);
        s33 = x.fma((FloatVector) b3.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s33);
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, p4 + k * 64L, ORDER);
        b0 = u.lanewise(VectorOperators.LSHL, 24);
        b1 = u.lanewise(VectorOperators.LSHL, 16).and(TOP_BYTE);
        b2 = u.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE);
        b3 = u.and(TOP_BYTE);
        s40 = x.fma((FloatVector) b0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s40);
        s41 = x.fma((FloatVector) b1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s41);
        s42 = x.fma((FloatVector) b2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s42);
        s43 = x.fma((FloatVector) b3.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s43);
        u = IntVector.fromMemorySegment(Lanes.INTS, panels, p5 + k * 64L, ORDER);
        b0 = u.lanewise(VectorOperators.LSHL, 24);
        b1 = u.lanewise(VectorOperators.LSHL, 16).and(TOP_BYTE);
        b2 = u.lanewise(VectorOperators.LSHL, 8).and(TOP_BYTE);
        b3 = u.and(TOP_BYTE);
        s50 = x.fma((FloatVector) b0.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s50);
        s51 = x.fma((FloatVector) b1.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s51);
        s52 = x.fma((FloatVector) b2.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s52);
        s53 = x.fma((FloatVector) b3.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0), s53);
      }
    }
    s00.intoArray(c, to);
    s01.intoArray(c, to + PART);
    s02.intoArray(c, to + 2 * PART);
    s03.intoArray(c, to + 3 * PART);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + PART);
    s12.intoArray(c, c1 + 2 * PART);
    s13.intoArray(c, c1 + 3 * PART);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + PART);
    s22.intoArray(c, c2 + 2 * PART);
    s23.intoArray(c, c2 + 3 * PART);
    if (MANY) {
      s30.intoArray(c, c3);
      s31.intoArray(c, c3 + PART);
      s32.intoArray(c, c3 + 2 * PART);
      s33.intoArray(c, c3 + 3 * PART);
      s40.intoArray(c, c4);
      s41.intoArray(c, c4 + PART);
      s42.intoArray(c, c4 + 2 * PART);
      s43.intoArray(c, c4 + 3 * PART);
      s50.intoArray(c, c5);
      s51.intoArray(c, c5 + PART);
      s52.intoArray(c, c5 + 2 * PART);
      s53.intoArray(c, c5 + 3 * PART);
    }
  }
}
