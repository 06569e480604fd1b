package org.clipscribe.gpt2.decoding;

/// Keeps the likeliest tokens (Fan et al., 2018), and those as likely as the last of them. Mirrors
/// `TopKLogitsWarper`.
///
/// @param count how many, at least 1
record TopK(int count) implements LogitProcessor {
  @Override
  public void process(Draft draft, double[] scores) {
    int[] ranked = count < scores.length ? Ranking.descending(scores) : new int[0];
    if (count >= ranked.length) {
      return;
    }
    double least = scores[ranked[count - 1]];
    for (int token : ranked) {
      if (scores[token] < least) {
        scores[token] = Double.NEGATIVE_INFINITY;
      }
    }
  }
}
