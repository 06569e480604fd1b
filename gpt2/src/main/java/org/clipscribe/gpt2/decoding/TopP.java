package org.clipscribe.gpt2.decoding;

/// Keeps the smallest set of the likeliest tokens whose probabilities add up to a share, the
/// nucleus (Holtzman et al., 2019). Mirrors `TopPLogitsWarper`.
///
/// @param share of the probability, from 0 to 1
/// @param atLeast tokens that are kept whatever their share
record TopP(double share, int atLeast) implements LogitProcessor {
  @Override
  public void process(Draft draft, double[] scores) {
    double[] probabilities = Softmax.of(scores);
    int[] ranked = Ranking.descending(scores);
    // From the unlikely end, as in the original: a token goes when it and all below it come to no
    // more than what the nucleus may leave out.
    double below = 0;
    for (int rank = ranked.length - 1; rank >= atLeast; rank--) {
      below += probabilities[ranked[rank]];
      if (below > 1 - share) {
        return;
      }
      scores[ranked[rank]] = Double.NEGATIVE_INFINITY;
    }
  }
}
