package org.clipscribe.gpt2.decoding;

import org.clipscribe.tensor.Tensor;

/// The logits of one step in all lanes.
final class StepLogits {
  private final Tensor logits;
  private final float[] values;
  private final int vocabulary;
  private final int[] likeliest;
  private final double[] normalisers;

  /// @param logits `[B, V]`
  StepLogits(Tensor logits) {
    this.logits = logits;
    this.values = logits.toArray();
    this.vocabulary = logits.shape().last();
    this.likeliest = logits.argMax();
    this.normalisers = normalisers();
  }

  /// The logarithms of the sums of the exponentials of each lane. From the back-end's soft-max,
  /// which is much faster than a hundred thousand exponentials here: the probability of the
  /// likeliest token says what was divided by.
  private double[] normalisers() {
    Tensor probabilities = logits.softmax().reshape(-1);
    double[] found = new double[likeliest.length];
    for (int lane = 0; lane < found.length; lane++) {
      int at = lane * vocabulary + likeliest[lane];
      found[lane] = values[at] - StrictMath.log(probabilities.leading(at, at + 1).toArray()[0]);
    }
    return found;
  }

  int vocabulary() {
    return vocabulary;
  }

  /// The first of the likeliest tokens.
  int likeliest(int lane) {
    return likeliest[lane];
  }

  /// The natural logarithm of the probability that the model gives a token.
  double logProbability(int lane, int token) {
    return values[lane * vocabulary + token] - normalisers[lane];
  }

  /// Offers the continuations of a beam, scored with logarithms of probabilities.
  ///
  /// @param first where the beams' lanes begin
  void offerTo(TopCandidates top, int first, int lane, double sum) {
    int from = (first + lane) * vocabulary;
    top.offer(lane, sum - normalisers[first + lane], values, from, vocabulary);
  }

  /// The logits of a lane, to be changed.
  double[] logits(int lane) {
    return row(lane, 0);
  }

  /// The same as logarithms of probabilities.
  double[] logProbabilities(int lane) {
    return row(lane, normalisers[lane]);
  }

  private double[] row(int lane, double less) {
    double[] row = new double[vocabulary];
    int from = lane * vocabulary;
    for (int i = 0; i < vocabulary; i++) {
      row[i] = values[from + i] - less;
    }
    return row;
  }
}
