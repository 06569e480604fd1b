package org.clipscribe.tensor.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.Binary;

/// What an optimiser does to packed weights in format F32. Layouts are equal, so that a weight is a
/// row of floats like any other; the padding of a last panel is 0 and stays 0.
final class PanelUpdates {
  /// Floats of a part, 64 KB. It also fixes the order in which squares are added up.
  private static final int PART = 1 << 14;

  private final WorkCrew crew;

  PanelUpdates(WorkCrew crew) {
    this.crew = crew;
  }

  private interface Part {
    /// Floats `from .. from + count`.
    void accept(long from, int count);
  }

  private static int parts(PanelWeight weight) {
    return Math.toIntExact(Math.ceilDiv(floats(weight), PART));
  }

  private static long floats(PanelWeight weight) {
    return weight.image().byteSize() / Float.BYTES;
  }

  private void inParts(PanelWeight weight, int work, Part part) {
    long floats = floats(weight);
    crew.run(
        parts(weight),
        floats * work,
        i -> part.accept((long) i * PART, (int) Math.min(PART, floats - (long) i * PART)));
  }

  private static float[] read(PanelWeight weight, long from, int count) {
    float[] values = new float[count];
    MemorySegment.copy(
        weight.image(), ValueLayout.JAVA_FLOAT, from * Float.BYTES, values, 0, count);
    return values;
  }

  private static void write(float[] values, PanelWeight weight, long from) {
    MemorySegment.copy(
        values, 0, weight.image(), ValueLayout.JAVA_FLOAT, from * Float.BYTES, values.length);
  }

  /// `target += x`
  void add(PanelWeight target, PanelWeight x) {
    inParts(
        target,
        1,
        (from, count) -> {
          float[] sum = read(target, from, count);
          Elements.zip(Binary.ADD, sum, 0, read(x, from, count), 0, sum, 0, count);
          write(sum, target, from);
        });
  }

  /// `target *= factor`
  void scale(PanelWeight target, float factor) {
    inParts(
        target,
        1,
        (from, count) -> {
          float[] values = read(target, from, count);
          Elements.zip(Binary.MULTIPLY, values, 0, factor, values, 0, count);
          write(values, target, from);
        });
  }

  double sumOfSquares(PanelWeight x) {
    double[] sums = new double[parts(x)];
    inParts(
        x,
        1,
        (from, count) -> {
          double sum = 0;
          for (float value : read(x, from, count)) {
            sum += (double) value * value;
          }
          sums[(int) (from / PART)] = sum;
        });
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  void adamW(
      AdamStep step,
      PanelWeight parameter,
      PanelWeight gradient,
      PanelWeight first,
      PanelWeight second) {
    inParts(
        parameter,
        16,
        (from, count) -> {
          float[] w = read(parameter, from, count);
          float[] g = read(gradient, from, count);
          float[] m = read(first, from, count);
          float[] v = read(second, from, count);
          for (int i = 0; i < count; i++) {
            m[i] = (float) step.first(m[i], g[i]);
            v[i] = (float) step.second(v[i], g[i]);
            w[i] = (float) step.parameter(w[i], m[i], v[i]);
          }
          write(w, parameter, from);
          write(m, first, from);
          write(v, second, from);
        });
  }

  /// `target[rows[i]] += values[i]` in order. A thread has some of the columns of all rows, so that
  /// each element has one owner.
  ///
  /// @param start of `values [rows.length, inputs]`
  void addRows(PanelWeight target, int[] rows, float[] values, int start) {
    int inputs = target.inputs();
    for (int row : rows) {
      if (row < 0 || row >= target.outputs()) {
        throw new IndexOutOfBoundsException("row " + row + " of " + target.outputs());
      }
    }
    int parts = Math.min(inputs, crew.threads());
    crew.run(
        parts,
        (long) rows.length * inputs,
        part -> {
          int from = (int) ((long) inputs * part / parts);
          int to = (int) ((long) inputs * (part + 1) / parts);
          for (int i = 0; i < rows.length; i++) {
            long panel = (long) (rows[i] / PanelFormat.COLUMNS) * inputs;
            int column = rows[i] % PanelFormat.COLUMNS;
            for (int k = from; k < to; k++) {
              long at = (panel + k) * PanelFormat.COLUMNS + column;
              float sum = target.image().getAtIndex(ValueLayout.JAVA_FLOAT, at);
              target
                  .image()
                  .setAtIndex(ValueLayout.JAVA_FLOAT, at, sum + values[start + i * inputs + k]);
            }
          }
        });
  }
}
