package org.clipscribe.tensor.vector;

import org.clipscribe.tensor.Dropout;

/// Loops over random numbers that are functions of an index.
final class Randoms {
  private Randoms() {}

  /// Dropout in place of `count` elements from `at` on, whose numbers go from `number` on.
  static void drop(Dropout dropout, float[] x, int at, int number, int count) {
    float factor = dropout.factor();
    for (int i = 0; i < count; i++) {
      x[at + i] = dropout.keeps(number + i) ? x[at + i] * factor : 0;
    }
  }
}
