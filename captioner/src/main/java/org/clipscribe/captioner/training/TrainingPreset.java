package org.clipscribe.captioner.training;

import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.NamePatterns;

/// Settings to begin with, whatever is trained.
///
/// @param batch samples in memory at once
/// @param accumulate batches to a step
/// @param rate the highest learning rate
/// @param warmUp the share of the run in which it rises
/// @param clip limit of the global norm of gradients
public record TrainingPreset(
    int epochs,
    int batch,
    int accumulate,
    Schedule schedule,
    double rate,
    double warmUp,
    AdamW.Settings optimiser,
    double clip,
    float dropout) {
  /// To go on with a CLIP that was trained already. The optimiser's constants are those of Radford
  /// et al., 2021, table 19; the rate is a fiftieth of theirs, so that a few pictures do not undo
  /// what millions taught. Batches are not accumulated: a picture is told from those beside it.
  public static final TrainingPreset CLIP =
      new TrainingPreset(10, 64, 1, Schedule.COSINE, 1e-5, 0.05, clipAdam(), 1, 0);

  /// To train a CLIP from nothing, at the rate of its paper.
  public static final TrainingPreset FRESH_CLIP = CLIP.withRate(5e-4);

  /// To go on with a GPT-2 that was trained already.
  public static final TrainingPreset GPT2 =
      new TrainingPreset(3, 2, 4, Schedule.COSINE, 5e-5, 0.05, AdamW.Settings.DEFAULT, 1, 0.1f);

  /// To train a GPT-2 from nothing: the rate and decay of Brown et al., 2020, table 2.1 and
  /// appendix B, for that size.
  public static final TrainingPreset FRESH_GPT2 =
      new TrainingPreset(
          10,
          2,
          4,
          Schedule.COSINE,
          6e-4,
          0.05,
          new AdamW.Settings(0.9, 0.95, 1e-8, 0.1, NamePatterns.BIASES_AND_NORMS),
          1,
          0.1f);

  private static AdamW.Settings clipAdam() {
    return new AdamW.Settings(0.9, 0.98, 1e-6, 0.2, NamePatterns.BIASES_AND_NORMS);
  }

  private TrainingPreset withRate(double other) {
    return new TrainingPreset(
        epochs, batch, accumulate, schedule, other, warmUp, optimiser, clip, dropout);
  }
}
