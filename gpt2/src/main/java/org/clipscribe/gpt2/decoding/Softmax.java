package org.clipscribe.gpt2.decoding;

/// Probabilities in double precision, the same to the bit on every platform: Java's arithmetic is,
/// and of the functions those of `StrictMath`.
final class Softmax {
  private Softmax() {}

  /// @param scores minus infinity and NaN count as impossible
  /// @return all 0 when nothing is possible
  static double[] of(double[] scores) {
    double[] probabilities = new double[scores.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      largest = score > largest ? score : largest;
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] > Double.NEGATIVE_INFINITY) {
        probabilities[i] = scores[i] == largest ? 1 : StrictMath.exp(scores[i] - largest);
        sum += probabilities[i];
      }
    }
    for (int i = 0; sum > 0 && i < probabilities.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }
}
