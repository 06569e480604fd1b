package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;
import static org.clipscribe.tensor.vector.Lanes.multiplyAdd;

import jdk.incubator.vector.FloatVector;

/// Gradients of the operations in [Rows], one row at a time.
final class RowGradients {
  private RowGradients() {}

  /// Sum of `a b`.
  static float dot(float[] a, int aStart, float[] b, int bStart, int width) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    int bound = width - width % (2 * COUNT);
    for (int i = 0; i < bound; i += 2 * COUNT) {
      even = fromArray(FLOATS, a, aStart + i).fma(fromArray(FLOATS, b, bStart + i), even);
      odd =
          fromArray(FLOATS, a, aStart + i + COUNT)
              .fma(fromArray(FLOATS, b, bStart + i + COUNT), odd);
    }
    float rest = 0;
    for (int i = bound; i < width; i++) {
      rest = multiplyAdd(a[aStart + i], b[bStart + i], rest);
    }
    float[] lanes = new float[COUNT];
    even.add(odd).intoArray(lanes, 0);
    return Lanes.sum(lanes) + rest;
  }

  /// `to = y (dy - sum of y dy) * factor`; `to` may be `dy`.
  static void softmax(
      float[] y,
      int yStart,
      float[] dy,
      int dyStart,
      float factor,
      float[] to,
      int start,
      int width) {
    float mean = dot(y, yStart, dy, dyStart, width);
    int bound = FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector slope = fromArray(FLOATS, dy, dyStart + i).sub(mean).mul(factor);
      fromArray(FLOATS, y, yStart + i).mul(slope).intoArray(to, start + i);
    }
    for (int i = bound; i < width; i++) {
      to[start + i] = y[yStart + i] * ((dy[dyStart + i] - mean) * factor);
    }
  }

  /// What one row of a layer norm adds: `dx` in `to`, and to the sums of `dy n` and `dy` over rows.
  ///
  /// @param scratch `2 width` floats
  /// @param sums `[2, width]`: of the gain, then of the bias
  static void layerNorm(
      float[] x,
      int at,
      float[] gain,
      int gainStart,
      float epsilon,
      float[] dy,
      int dyStart,
      float[] scratch,
      float[] sums,
      int sumsStart,
      float[] to,
      int start,
      int width) {
    float mean = Rows.sum(x, at, width) / width;
    float variance = Rows.sumOfSquares(x, at, width, mean) / width;
    float scale = (float) (1 / Math.sqrt(variance + epsilon));
    int g = width; // n in the first half of the scratch, dy gain in the second
    int bound = FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector n = fromArray(FLOATS, x, at + i).sub(mean).mul(scale);
      FloatVector slope = fromArray(FLOATS, dy, dyStart + i);
      n.intoArray(scratch, i);
      slope.mul(fromArray(FLOATS, gain, gainStart + i)).intoArray(scratch, g + i);
      slope.fma(n, fromArray(FLOATS, sums, sumsStart + i)).intoArray(sums, sumsStart + i);
      fromArray(FLOATS, sums, sumsStart + width + i)
          .add(slope)
          .intoArray(sums, sumsStart + width + i);
    }
    for (int i = bound; i < width; i++) {
      float slope = dy[dyStart + i];
      scratch[i] = (x[at + i] - mean) * scale;
      scratch[g + i] = slope * gain[gainStart + i];
      sums[sumsStart + i] = multiplyAdd(slope, scratch[i], sums[sumsStart + i]);
      sums[sumsStart + width + i] += slope;
    }
    float average = Rows.sum(scratch, g, width) / width;
    float along = dot(scratch, 0, scratch, g, width) / width;
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector slope = fromArray(FLOATS, scratch, g + i).sub(average);
      fromArray(FLOATS, scratch, i)
          .fma(broadcast(FLOATS, -along), slope)
          .mul(scale)
          .intoArray(to, start + i);
    }
    for (int i = bound; i < width; i++) {
      float slope = scratch[g + i] - average;
      to[start + i] = multiplyAdd(scratch[i], -along, slope) * scale;
    }
  }
}
