package org.clipscribe.gpt2.decoding;

/// The best continuations of all beams, first the best. Of equals the first offered stays before.
final class TopCandidates {
  private final double[] scores;
  private final int[] beams;
  private final int[] tokens;
  private int size;

  /// @param most how many are kept
  TopCandidates(int most) {
    this.scores = new double[most];
    this.beams = new int[most];
    this.tokens = new int[most];
  }

  /// Offers every token of a beam.
  ///
  /// @param sum of the beam's score
  /// @param next the tokens' scores, added to it; NaN and minus infinity are impossible
  void offer(int beam, double sum, double[] next) {
    for (int token = 0; token < next.length; token++) {
      double score = sum + next[token];
      if (score > (size < scores.length ? Double.NEGATIVE_INFINITY : scores[size - 1])) {
        insert(score, beam, token);
      }
    }
  }

  private void insert(double score, int beam, int token) {
    int rank = size < scores.length ? size++ : size - 1;
    for (; rank > 0 && score > scores[rank - 1]; rank--) {
      scores[rank] = scores[rank - 1];
      beams[rank] = beams[rank - 1];
      tokens[rank] = tokens[rank - 1];
    }
    scores[rank] = score;
    beams[rank] = beam;
    tokens[rank] = token;
  }

  int size() {
    return size;
  }

  double score(int rank) {
    return scores[rank];
  }

  int beam(int rank) {
    return beams[rank];
  }

  int token(int rank) {
    return tokens[rank];
  }
}
