package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;
import static org.clipscribe.tensor.vector.Lanes.multiplyAdd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.Reduction;

/// Loops over one row.
final class Rows {
  private Rows() {}

  static float reduce(Reduction f, float[] x, int at, int width) {
    return switch (f) {
      case SUM -> sum(x, at, width);
      case MEAN -> sum(x, at, width) / width;
      case MAXIMUM -> maximum(x, at, width);
    };
  }

  static float maximum(float[] x, int at, int width) {
    FloatVector largest = broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int bound = FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      largest = largest.max(fromArray(FLOATS, x, at + i));
    }
    float result = largest.reduceLanes(VectorOperators.MAX);
    for (int i = bound; i < width; i++) {
      result = Math.max(result, x[at + i]);
    }
    return result;
  }

  static float sum(float[] x, int at, int width) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    int bound = width - width % (2 * COUNT);
    for (int i = 0; i < bound; i += 2 * COUNT) {
      even = even.add(fromArray(FLOATS, x, at + i));
      odd = odd.add(fromArray(FLOATS, x, at + i + COUNT));
    }
    float rest = 0;
    for (int i = bound; i < width; i++) {
      rest += x[at + i];
    }
    float[] lanes = new float[COUNT];
    even.add(odd).intoArray(lanes, 0);
    return Lanes.sum(lanes) + rest;
  }

  /// Of the distances from the mean.
  static float sumOfSquares(float[] x, int at, int width, float mean) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = even;
    int bound = width - width % (2 * COUNT);
    for (int i = 0; i < bound; i += 2 * COUNT) {
      FloatVector left = fromArray(FLOATS, x, at + i).sub(mean);
      FloatVector right = fromArray(FLOATS, x, at + i + COUNT).sub(mean);
      even = left.fma(left, even);
      odd = right.fma(right, odd);
    }
    float rest = 0;
    for (int i = bound; i < width; i++) {
      rest = multiplyAdd(x[at + i] - mean, x[at + i] - mean, rest);
    }
    float[] lanes = new float[COUNT];
    even.add(odd).intoArray(lanes, 0);
    return Lanes.sum(lanes) + rest;
  }

  /// `to = (x - mean) / sqrt(variance + epsilon) * gain + bias`
  static void layerNorm(
      float[] x,
      int at,
      float[] gain,
      int gainStart,
      float[] bias,
      int biasStart,
      float epsilon,
      float[] to,
      int start,
      int width) {
    float mean = sum(x, at, width) / width;
    float variance = sumOfSquares(x, at, width, mean) / width;
    float scale = (float) (1 / Math.sqrt(variance + epsilon));
    int bound = FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector normal = fromArray(FLOATS, x, at + i).sub(mean).mul(scale);
      normal
          .fma(fromArray(FLOATS, gain, gainStart + i), fromArray(FLOATS, bias, biasStart + i))
          .intoArray(to, start + i);
    }
    for (int i = bound; i < width; i++) {
      float normal = (x[at + i] - mean) * scale;
      to[start + i] = multiplyAdd(normal, gain[gainStart + i], bias[biasStart + i]);
    }
  }

  /// Soft-max of any row; what does not fill vectors is padded with minus infinity.
  static void softmax(float[] x, int at, float[] to, int start, int width) {
    int padded = Math.ceilDiv(width, COUNT) * COUNT;
    float[] row = new float[padded];
    System.arraycopy(x, at, row, 0, width);
    Arrays.fill(row, width, padded, Float.NEGATIVE_INFINITY);
    softmaxVectors(row, 0, padded, 1);
    System.arraycopy(row, 0, to, start, width);
  }

  /// Soft-max of `factor x` in place of a row of whole vectors.
  ///
  /// @param factor above 0
  static void softmaxVectors(float[] x, int at, int width, float factor) {
    float largest = factor * maximum(x, at, width);
    for (int i = at; i < at + width; i += COUNT) {
      fromArray(FLOATS, x, i).mul(factor).sub(largest).intoArray(x, i);
    }
    Functions.exp(x, at, x, at, width);
    float sum = sum(x, at, width);
    for (int i = at; i < at + width; i += COUNT) {
      fromArray(FLOATS, x, i).div(sum).intoArray(x, i);
    }
  }

  /// Soft-max of attention scores in place of a row; the rest of the row becomes 0.
  ///
  /// @param width of the row, whole vectors
  /// @param visible how many scores count
  static void distribute(float[] x, int at, int width, int visible, float factor) {
    int used = Math.ceilDiv(visible, COUNT) * COUNT;
    Arrays.fill(x, at + visible, at + used, Float.NEGATIVE_INFINITY);
    softmaxVectors(x, at, used, factor);
    Arrays.fill(x, at + used, at + width, 0);
  }
}
