package org.clipscribe.captioner.training.contrastive;

import java.util.stream.IntStream;

/// Which texts pictures find, and which pictures texts find, among pairs.
///
/// @param textOf for each picture the nearest text
/// @param imageOf for each text the nearest picture
record Ranking(int[] textOf, int[] imageOf) {
  /// @param images vectors of unit length
  /// @param texts those of the pictures, in the same order
  static Ranking of(float[][] images, float[][] texts) {
    return new Ranking(nearest(images, texts), nearest(texts, images));
  }

  private static int[] nearest(float[][] from, float[][] to) {
    int[] nearest = new int[from.length];
    for (int i = 0; i < from.length; i++) {
      double best = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < to.length; j++) {
        double product = 0;
        for (int k = 0; k < from[i].length; k++) {
          product += (double) from[i][k] * to[j][k];
        }
        if (product > best) {
          best = product;
          nearest[i] = j;
        }
      }
    }
    return nearest;
  }

  /// The share of pictures that find their own text.
  double imageAccuracy() {
    return accuracy(textOf);
  }

  /// The share of texts that find their own picture.
  double textAccuracy() {
    return accuracy(imageOf);
  }

  private static double accuracy(int[] found) {
    return (double) IntStream.range(0, found.length).filter(i -> found[i] == i).count()
        / found.length;
  }

  int textOf(int image) {
    return textOf[image];
  }
}
