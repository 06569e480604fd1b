package org.clipscribe.scenes.training;

import org.clipscribe.scenes.Scenes;

/// Which scenes training sees when: easy ones first, then fewer and fewer of them among plain and
/// hard ones (Bengio et al., 2009, "Curriculum learning"). From hard ones alone, the tower told
/// objects from backgrounds within a few hundred steps and had learnt no names after 20,000 scenes.
///
/// @param easy few styles, as they were drawn
/// @param plain all styles, as they were drawn
/// @param hard all styles, in changed looks
/// @param easyUntil scenes before this one are easy
/// @param easyTo scenes from this one on are plain or hard, two thirds plain; between the two the
///     share of easy ones falls evenly
record Curriculum(Scenes easy, Scenes plain, Scenes hard, long easyUntil, long easyTo) {
  /// The golden section spreads the streams evenly among each other.
  private static final double GOLDEN = 0.6180339887498949;

  /// The stream that a scene is taken from.
  Scenes stream(long index) {
    double left = (double) (easyTo - index) / Math.max(1, easyTo - easyUntil);
    double place = index * GOLDEN - Math.floor(index * GOLDEN);
    if (place < left) {
      return easy;
    }
    return index % 3 == 0 ? hard : plain;
  }
}
