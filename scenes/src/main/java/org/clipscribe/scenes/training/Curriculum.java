package org.clipscribe.scenes.training;

import org.clipscribe.scenes.Scenes;

/// Which scenes training sees when: easy ones first, then more and more of the hard ones (Bengio et
/// al., 2009, "Curriculum learning"). From hard ones alone, the tower tells objects from
/// backgrounds within a few hundred steps and then learns no names for thousands.
///
/// @param easy few styles, as they were drawn
/// @param hard all styles, in changed looks
/// @param easyUntil scenes before this one are easy
/// @param hardFrom scenes from this one on are hard; between the two the share of hard ones rises
///     evenly
record Curriculum(Scenes easy, Scenes hard, long easyUntil, long hardFrom) {
  /// The golden section spreads the hard ones evenly among the easy ones.
  private static final double GOLDEN = 0.6180339887498949;

  /// The stream that a scene is taken from.
  Scenes stream(long index) {
    if (index < easyUntil) {
      return easy;
    }
    double share = (double) (index - easyUntil) / Math.max(1, hardFrom - easyUntil);
    double place = index * GOLDEN;
    return place - Math.floor(place) < share ? hard : easy;
  }
}
