package org.clipscribe.tensor.testkit;

import java.util.Arrays;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.WeightFormat;

/// The operations once more, in double precision and as plainly as possible: what the back-ends,
/// the reference included, are compared with.
final class Oracle {
  private Oracle() {}

  /// Exact values and how far a float computation may be off.
  record Result(double[] values, double[] bounds) {
    Result(int size) {
      this(new double[size], new double[size]);
    }

    void assertClose(float[] actual) {
      TensorAssert.assertWithin(actual, values, bounds);
    }
  }

  /// `[m, k] x [k, n]`, or `[n, k]` when transposed.
  static Result matmul(float[] a, float[] b, int m, int k, int n, boolean transposed) {
    Result result = new Result(m * n);
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < k; i++) {
          double product =
              (double) a[row * k + i] * b[transposed ? column * k + i : i * n + column];
          sum += product;
          magnitude += Math.abs(product);
        }
        result.values[row * n + column] = sum;
        result.bounds[row * n + column] = BackendFixture.sumError(k) * magnitude;
      }
    }
    return result;
  }

  /// What the weights `[outputs, inputs]` become in a format.
  static float[] rounded(float[] weights, int outputs, int inputs, WeightFormat format) {
    float[] result = weights.clone();
    for (int output = 0; output < outputs; output++) {
      float largest = 0;
      for (int i = output * inputs; i < (output + 1) * inputs; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      float scale = largest == 0 ? 1 : largest / 127;
      for (int i = output * inputs; i < (output + 1) * inputs; i++) {
        result[i] =
            switch (format) {
              case F32 -> weights[i];
              case BF16 -> eightBits(weights[i]);
              case INT8 -> Math.round(weights[i] / scale) * scale;
            };
      }
    }
    return result;
  }

  /// Rounds to 8 significant bits, ties to even.
  private static float eightBits(float value) {
    if (!Float.isFinite(value)) {
      return value;
    }
    double unit = Math.scalb(1.0, Math.max(Math.getExponent(value), Float.MIN_EXPONENT) - 7);
    return (float) (Math.rint(value / unit) * unit);
  }

  static Result softmax(float[] x, int width) {
    Result result = new Result(x.length);
    for (int start = 0; start < x.length; start += width) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = start; i < start + width; i++) {
        largest = Math.max(largest, x[i]);
      }
      double sum = 0;
      for (int i = start; i < start + width; i++) {
        result.values[i] = Math.exp(x[i] - largest);
        sum += result.values[i];
      }
      for (int i = start; i < start + width; i++) {
        result.values[i] /= sum;
        // Rounding the argument of the exponential costs a relative error of its size; ten
        // roundings are the exponential, the sum and the quotient.
        double relative = BackendFixture.ROUNDING * (10 + Math.abs(x[i] - largest));
        result.bounds[i] = relative * result.values[i] + BackendFixture.FLUSHED;
      }
    }
    return result;
  }

  static Result layerNorm(float[] x, float[] gain, float[] bias, float epsilon) {
    int width = gain.length;
    Result result = new Result(x.length);
    for (int start = 0; start < x.length; start += width) {
      double mean = 0;
      double largest = 0;
      for (int i = start; i < start + width; i++) {
        mean += x[i];
        largest = Math.max(largest, Math.abs(x[i]));
      }
      mean /= width;
      double variance = 0;
      for (int i = start; i < start + width; i++) {
        variance += (x[i] - mean) * (x[i] - mean) / width;
      }
      double scale = 1 / Math.sqrt(variance + epsilon);
      for (int i = 0; i < width; i++) {
        result.values[start + i] = (x[start + i] - mean) * scale * gain[i] + bias[i];
        // Subtracting the mean cancels: the error is that of the largest element, magnified like
        // the rest.
        result.bounds[start + i] =
            BackendFixture.ROUNDING
                * (16 * (largest * scale + 1) * Math.abs(gain[i]) + 2 * Math.abs(bias[i]));
      }
    }
    return result;
  }

  /// Sizes of an attention: batch, queries, keys, heads, width of a head.
  record Heads(int batch, int queries, int keys, int count, int width) {
    int columns() {
      return count * width;
    }
  }

  /// Probabilities `[B, H, Tq, Tk]`.
  static Result probabilities(float[] q, float[] k, Heads heads, AttentionMask mask) {
    int keys = heads.keys();
    Result result = new Result(heads.batch() * heads.count() * heads.queries() * keys);
    double[] scores = new double[keys];
    int row = 0;
    for (int batch = 0; batch < heads.batch(); batch++) {
      for (int head = 0; head < heads.count(); head++) {
        for (int query = 0; query < heads.queries(); query++) {
          Arrays.fill(scores, Double.NEGATIVE_INFINITY);
          double magnitude = 0;
          int visible = mask.visible(batch, query, heads.queries(), keys);
          for (int key = 0; key < visible; key++) {
            double sum = 0;
            double absolute = 0;
            for (int i = head * heads.width(); i < (head + 1) * heads.width(); i++) {
              double product =
                  (double) q[(batch * heads.queries() + query) * heads.columns() + i]
                      * k[(batch * keys + key) * heads.columns() + i];
              sum += product;
              absolute += Math.abs(product);
            }
            scores[key] = sum / Math.sqrt(heads.width());
            magnitude = Math.max(magnitude, absolute / Math.sqrt(heads.width()));
          }
          distribute(scores, magnitude, heads.width(), result, row++ * keys);
        }
      }
    }
    return result;
  }

  private static void distribute(
      double[] scores, double magnitude, int width, Result result, int start) {
    double largest = Arrays.stream(scores).max().orElse(0);
    double sum = Arrays.stream(scores).map(score -> Math.exp(score - largest)).sum();
    for (int key = 0; key < scores.length; key++) {
      double probability = Math.exp(scores[key] - largest) / sum;
      result.values[start + key] = probability;
      // An error of a score is a relative error of its probability, and of the sum.
      double relative =
          2 * BackendFixture.sumError(width) * magnitude
              + BackendFixture.ROUNDING * (16 + 2 * magnitude);
      result.bounds[start + key] = relative * probability + BackendFixture.FLUSHED;
    }
  }

  /// `[B, Tq, C]`
  static Result attention(float[] q, float[] k, float[] v, Heads heads, AttentionMask mask) {
    Result probabilities = probabilities(q, k, heads, mask);
    Result result = new Result(q.length);
    for (int i = 0; i < q.length; i++) {
      int column = i % heads.columns();
      int query = i / heads.columns() % heads.queries();
      int batch = i / heads.columns() / heads.queries();
      int head = column / heads.width();
      int row = ((batch * heads.count() + head) * heads.queries() + query) * heads.keys();
      double magnitude = 0;
      for (int key = 0; key < heads.keys(); key++) {
        double value = v[(batch * heads.keys() + key) * heads.columns() + column];
        result.values[i] += probabilities.values[row + key] * value;
        result.bounds[i] += probabilities.bounds[row + key] * Math.abs(value);
        magnitude += probabilities.values[row + key] * Math.abs(value);
      }
      result.bounds[i] += BackendFixture.sumError(heads.keys()) * magnitude;
    }
    return result;
  }
}
