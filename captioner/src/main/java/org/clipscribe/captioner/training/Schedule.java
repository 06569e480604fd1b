package org.clipscribe.captioner.training;

import org.clipscribe.nn.training.LearningRate;

/// The shape of the learning rate over a run.
public enum Schedule {
  /// Warm-up, then half a cosine down to 0.
  COSINE,
  /// Warm-up, then a straight line down to 0.
  LINEAR,
  /// Warm-up, then always the same.
  CONSTANT,
  /// The original's triangle, as written.
  ORIGINAL;

  /// @param peak the highest rate (its square for [#ORIGINAL])
  /// @param warmUp the share of the run in which it rises, from 0 to 1
  public LearningRate rate(double peak, double warmUp, int epochs, long stepsPerEpoch) {
    long total = epochs * stepsPerEpoch;
    long rising = Math.round(warmUp * total);
    return switch (this) {
      case COSINE -> new LearningRate.Cosine(peak, rising, total);
      case LINEAR -> new LearningRate.Linear(peak, rising, total);
      case CONSTANT -> new LearningRate.Constant(peak, rising);
      case ORIGINAL -> new LearningRate.Original(peak, warmUp, epochs, stepsPerEpoch);
    };
  }
}
