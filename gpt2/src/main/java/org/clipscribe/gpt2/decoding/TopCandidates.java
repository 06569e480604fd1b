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
    double least = least();
    for (int token = 0; token < next.length; token++) {
      double score = sum + next[token];
      if (score > least) {
        insert(score, beam, token);
        least = least();
      }
    }
  }

  /// The same for scores that are not changed on their way from the model.
  ///
  /// @param logits of many lanes
  /// @param from where those of the beam begin
  /// @param count how many they are
  void offer(int beam, double sum, float[] logits, int from, int count) {
    double least = least();
    for (int token = 0; token < count; token++) {
      double score = sum + logits[from + token];
      if (score > least) {
        insert(score, beam, token);
        least = least();
      }
    }
  }

  /// What a candidate must be better than.
  private double least() {
    return size < scores.length ? Double.NEGATIVE_INFINITY : scores[size - 1];
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
