package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.broadcast;
import static org.clipscribe.tensor.vector.Lanes.load;
import static org.clipscribe.tensor.vector.Lanes.multiplyAdd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.Binary;
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
    FloatVector largest = broadcast(Float.NEGATIVE_INFINITY);
    int bound = Lanes.FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      largest = largest.max(load(x, at + i));
    }
    float result = largest.reduceLanes(VectorOperators.MAX);
    for (int i = bound; i < width; i++) {
      result = Math.max(result, x[at + i]);
    }
    return result;
  }

  static float sum(float[] x, int at, int width) {
    FloatVector even = FloatVector.zero(Lanes.FLOATS);
    FloatVector odd = even;
    int bound = width - width % (2 * COUNT);
    for (int i = 0; i < bound; i += 2 * COUNT) {
      even = even.add(load(x, at + i));
      odd = odd.add(load(x, at + i + COUNT));
    }
    float rest = 0;
    for (int i = bound; i < width; i++) {
      rest += x[at + i];
    }
    return Lanes.sum(even.add(odd)) + rest;
  }

  /// Of the distances from the mean.
  static float sumOfSquares(float[] x, int at, int width, float mean) {
    FloatVector even = FloatVector.zero(Lanes.FLOATS);
    FloatVector odd = even;
    int bound = width - width % (2 * COUNT);
    for (int i = 0; i < bound; i += 2 * COUNT) {
      FloatVector left = load(x, at + i).sub(mean);
      FloatVector right = load(x, at + i + COUNT).sub(mean);
      even = multiplyAdd(left, left, even);
      odd = multiplyAdd(right, right, odd);
    }
    float rest = 0;
    for (int i = bound; i < width; i++) {
      rest = multiplyAdd(x[at + i] - mean, x[at + i] - mean, rest);
    }
    return Lanes.sum(even.add(odd)) + rest;
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
    int bound = Lanes.FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector normal = load(x, at + i).sub(mean).mul(scale);
      multiplyAdd(normal, load(gain, gainStart + i), load(bias, biasStart + i))
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
    softmaxVectors(row, 0, padded);
    System.arraycopy(row, 0, to, start, width);
  }

  /// Soft-max in place of a row of whole vectors.
  static void softmaxVectors(float[] x, int at, int width) {
    Elements.zip(Binary.SUBTRACT, x, at, maximum(x, at, width), x, at, width);
    Functions.exp(x, at, x, at, width);
    Elements.zip(Binary.DIVIDE, x, at, sum(x, at, width), x, at, width);
  }
}
