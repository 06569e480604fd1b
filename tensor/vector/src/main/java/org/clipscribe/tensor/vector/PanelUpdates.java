package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.Lanes.COUNT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.clipscribe.tensor.AdamStep;

/// What an optimiser does to packed weights in format F32. Layouts are equal, so that a weight is a
/// row of floats like any other; the padding of a last panel is 0 and stays 0.
final class PanelUpdates {
  /// Floats of a part, 64 KB, in whole vectors. It also fixes the order in which squares are added
  // up.
  private static final int PART = 1 << 14;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private static final VectorSpecies<Double> DOUBLES =
      Lanes.FLOATS.vectorShape().withLanes(double.class);

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

  private static FloatVector load(MemorySegment image, long index) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, image, index * Float.BYTES, ORDER);
  }

  private static void store(FloatVector x, MemorySegment image, long index) {
    x.intoMemorySegment(image, index * Float.BYTES, ORDER);
  }

  /// `target += x`
  void add(PanelWeight target, PanelWeight x) {
    MemorySegment to = target.image();
    MemorySegment other = x.image();
    inParts(
        target,
        1,
        (from, count) -> {
          for (int i = 0; i < count; i += COUNT) {
            store(load(to, from + i).add(load(other, from + i)), to, from + i);
          }
        });
  }

  /// `target *= factor`
  void scale(PanelWeight target, float factor) {
    MemorySegment to = target.image();
    inParts(
        target,
        1,
        (from, count) -> {
          for (int i = 0; i < count; i += COUNT) {
            store(load(to, from + i).mul(factor), to, from + i);
          }
        });
  }

  double sumOfSquares(PanelWeight x) {
    double[] sums = new double[parts(x)];
    inParts(x, 1, (from, count) -> sums[(int) (from / PART)] = squares(x.image(), from, count));
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }

  private static double squares(MemorySegment image, long from, int count) {
    DoubleVector low = DoubleVector.zero(DOUBLES);
    DoubleVector high = low;
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = load(image, from + i);
      DoubleVector first = (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector second = (DoubleVector) x.convertShape(VectorOperators.F2D, DOUBLES, 1);
      low = first.fma(first, low);
      high = second.fma(second, high);
    }
    double sum = 0;
    for (double lane : low.add(high).toArray()) {
      sum += lane;
    }
    return sum;
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
        (from, count) ->
            adamW(
                step,
                parameter.image(),
                gradient.image(),
                first.image(),
                second.image(),
                from,
                count));
  }

  /// In single precision; the change of a parameter is rounded and then the parameter, so that a
  /// decay of less than a rounding error of 1 is not lost.
  private static void adamW(
      AdamStep step,
      MemorySegment parameter,
      MemorySegment gradient,
      MemorySegment first,
      MemorySegment second,
      long from,
      int count) {
    float beta1 = (float) step.beta1();
    float beta2 = (float) step.beta2();
    float rest1 = (float) (1 - step.beta1());
    float rest2 = (float) (1 - step.beta2());
    float shrink = (float) -(step.learningRate() * step.decay());
    float rate = (float) -step.rate();
    float rootFactor = (float) step.rootFactor();
    float epsilon = (float) step.epsilon();
    for (int i = 0; i < count; i += COUNT) {
      FloatVector g = load(gradient, from + i);
      FloatVector m = load(first, from + i).mul(beta1).add(g.mul(rest1));
      FloatVector v = load(second, from + i).mul(beta2).add(g.mul(rest2).mul(g));
      FloatVector w = load(parameter, from + i);
      FloatVector change = m.mul(rate).div(v.sqrt().mul(rootFactor).add(epsilon));
      store(m, first, from + i);
      store(v, second, from + i);
      store(w.add(change.add(w.mul(shrink))), parameter, from + i);
    }
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
