package org.clipscribe.gpt2.decoding;

/// Keeps the tokens whose information is nearest to what the distribution leads to expect, its
/// entropy, until their probabilities add up to a share (Meister et al., 2022, "Locally Typical
/// Sampling"). Mirrors `TypicalLogitsWarper`.
///
/// @param share of the probability, between 0 and 1
/// @param atLeast tokens that are kept whatever their share
record TypicalP(double share, int atLeast) implements LogitProcessor {
  @Override
  public void process(Draft draft, double[] scores) {
    double[] probabilities = Softmax.of(scores);
    double entropy = 0;
    double[] information = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      information[i] = -StrictMath.log(probabilities[i]);
      entropy += probabilities[i] > 0 ? probabilities[i] * information[i] : 0;
    }
    double[] typicality = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      typicality[i] = -Math.abs(information[i] - entropy);
    }
    int[] ranked = Ranking.descending(typicality);
    if (ranked.length == 0) {
      return;
    }
    int last = 0; // the first rank at which the share is reached
    double sum = probabilities[ranked[0]];
    while (sum < share && last + 1 < ranked.length) {
      sum += probabilities[ranked[++last]];
    }
    double least = typicality[ranked[last]];
    for (int rank = atLeast; rank < ranked.length; rank++) {
      if (typicality[ranked[rank]] < least) {
        scores[ranked[rank]] = Double.NEGATIVE_INFINITY;
      }
    }
  }
}
