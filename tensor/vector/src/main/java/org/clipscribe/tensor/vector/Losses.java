package org.clipscribe.tensor.vector;

import java.util.Arrays;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Tensor;

/// Cross-entropy, one row of logits at a time.
final class Losses {
  private Losses() {}

  /// `log(sum of e^x) - x[target]`; 0 for an ignored target.
  ///
  /// @param scratch `width` floats and a vector more
  static double crossEntropy(float[] x, int at, int width, int target, float[] scratch) {
    if (target == Tensor.IGNORED) {
      return 0;
    }
    float largest = Rows.maximum(x, at, width);
    return Math.log(exponentials(x, at, width, largest, scratch)) + largest - x[at + target];
  }

  /// `to = (softmax(x) - 1 at the target) * weight`; zeros for an ignored target. `to` may be `x`.
  ///
  /// @param scratch `width` floats and a vector more
  /// @return what [#crossEntropy] returns
  static double gradient(
      float[] x,
      int at,
      int width,
      int target,
      float weight,
      float[] scratch,
      float[] to,
      int start) {
    if (target == Tensor.IGNORED) {
      Arrays.fill(to, start, start + width, 0);
      return 0;
    }
    float largest = Rows.maximum(x, at, width);
    float sum = exponentials(x, at, width, largest, scratch);
    double loss = Math.log(sum) + largest - x[at + target];
    Elements.zip(Binary.MULTIPLY, scratch, 0, weight / sum, to, start, width);
    to[start + target] -= weight;
    return loss;
  }

  /// `e^(x - largest)` to the scratch array; returns their sum.
  private static float exponentials(float[] x, int at, int width, float largest, float[] scratch) {
    int padded = Math.ceilDiv(width, Lanes.COUNT) * Lanes.COUNT;
    Elements.zip(Binary.SUBTRACT, x, at, largest, scratch, 0, width);
    Arrays.fill(scratch, width, padded, Float.NEGATIVE_INFINITY);
    Functions.exp(scratch, 0, scratch, 0, padded);
    return Rows.sum(scratch, 0, width);
  }
}
