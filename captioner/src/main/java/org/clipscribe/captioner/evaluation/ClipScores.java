package org.clipscribe.captioner.evaluation;

import java.util.List;

/// CLIPScore and RefCLIPScore of one caption (Hessel et al. 2021), which need no counting of words.
///
/// `clipScore = 2.5 max(cos(caption, picture), 0)` and `refClipScore`, its harmonic mean with
/// `max(max over references of cos(caption, reference), 0)`; 0 where there is no reference. Mirrors
/// `clipscore.py` of jmhessel/clipscore.
///
/// @param clipScore 0 to 2.5, in practice below 1.2
/// @param refClipScore 0 to 1.43
public record ClipScores(double clipScore, double refClipScore) {
  /// What every text begins with before it is embedded.
  static final String PROMPT = "A photo depicts ";

  private static final double WEIGHT = 2.5;

  /// @param picture embedding in the space both towers share, of any length
  /// @param caption likewise, of the caption after [#PROMPT]
  /// @param references likewise
  static ClipScores of(float[] picture, float[] caption, List<float[]> references) {
    double score = WEIGHT * Math.max(cosine(picture, caption), 0);
    double closest = 0;
    for (float[] reference : references) {
      closest = Math.max(closest, cosine(caption, reference));
    }
    double sum = score + closest;
    return new ClipScores(score, sum == 0 ? 0 : 2 * score * closest / sum);
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double squaresOfA = 0;
    double squaresOfB = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      squaresOfA += (double) a[i] * a[i];
      squaresOfB += (double) b[i] * b[i];
    }
    double lengths = Math.sqrt(squaresOfA) * Math.sqrt(squaresOfB);
    return lengths == 0 ? 0 : product / lengths;
  }
}
