package org.clipscribe.gpt2.decoding;

import java.util.Arrays;

/// Tokens in the order of their scores.
final class Ranking {
  private Ranking() {}

  /// The tokens of any score above minus infinity, best first; equals in the order of their ids.
  /// Scores are compared in single precision, which is what they came in.
  static int[] descending(double[] scores) {
    long[] keys = new long[scores.length];
    int count = 0;
    for (int token = 0; token < scores.length; token++) {
      if (scores[token] > Double.NEGATIVE_INFINITY) {
        keys[count++] = ((long) descendingBits((float) scores[token]) << 32) | token;
      }
    }
    Arrays.sort(keys, 0, count);
    int[] ranked = new int[count];
    for (int rank = 0; rank < count; rank++) {
      ranked[rank] = (int) keys[rank];
    }
    return ranked;
  }

  /// An integer that is the smaller the larger the number.
  private static int descendingBits(float value) {
    int bits = Float.floatToIntBits(value + 0f); // -0 becomes 0
    return bits >= 0 ? ~bits : bits ^ Integer.MIN_VALUE;
  }
}
