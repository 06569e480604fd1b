package org.clipscribe.cli;

import java.time.Duration;
import java.util.List;
import org.clipscribe.captioner.training.Schedule;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingPreset;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How long and how fast to learn, whatever is trained. What is not given comes from a preset.
final class LearningOptions {
  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often each caption, picture or block of text is seen.")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "How many are in memory at once.")
  private @Nullable Integer batch;

  @Option(names = "--accumulate", paramLabel = "N", description = "Batches to a step.")
  private @Nullable Integer accumulate;

  @Option(names = "--lr", paramLabel = "RATE", description = "The highest learning rate.")
  private @Nullable Double rate;

  @Option(
      names = "--warmup",
      paramLabel = "SHARE",
      description = "The share of the run, 0 to 1, in which the learning rate rises to it.")
  private @Nullable Double warmUp;

  @Option(
      names = "--schedule",
      paramLabel = "cosine|linear|constant|original",
      description = "What the learning rate does after that.")
  private @Nullable Schedule schedule;

  @Option(
      names = "--decay",
      paramLabel = "RATE",
      description = "Weight decay of matrices, in multiples of the learning rate.")
  private @Nullable Double decay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description =
          "Scale gradients down to this norm (default: 1.3 for a captioner, 1 for CLIP and GPT-2).")
  private @Nullable Double clip;

  @Option(names = "--dropout", paramLabel = "P", description = "Probability of dropout.")
  private @Nullable Float dropout;

  @Option(
      names = "--train",
      paramLabel = "PATTERN",
      split = ",",
      description =
          "Parameters to train, like 'mapping.*'; * stands for anything (default: of a captioner the"
              + " mapping network, and of its GPT-2 embeddings, first and last block, last norm; of"
              + " CLIP and GPT-2 everything).")
  private List<String> train = List.of();

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      split = ",",
      description = "Parameters of these to leave as they are.")
  private List<String> freeze = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of order, dropout and new weights (default: 1).")
  private long seed = 1;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description =
          "Stop after N epochs without a better validation loss (default: 0, which is never).")
  private int patience;

  @Option(
      names = "--save-every",
      paramLabel = "MINUTES",
      description = "How often to save besides after each epoch (default: 10).")
  private int minutes = 10;

  long seed() {
    return seed;
  }

  /// @param hasDropout whether the model has any
  void check(boolean hasDropout) {
    atLeast("--epochs", epochs, 1);
    atLeast("--batch", batch, 1);
    atLeast("--accumulate", accumulate, 1);
    atLeast("--patience", patience, 0);
    atLeast("--save-every", minutes, 0);
    require(
        "--lr", rate, rate == null || (rate > 0 && rate < 10), "above 0, or nothing is learned");
    require("--warmup", warmUp, warmUp == null || (warmUp >= 0 && warmUp <= 1), "from 0 to 1");
    require("--decay", decay, decay == null || (decay >= 0 && decay < 100), "at least 0");
    require("--clip", clip, clip == null || clip > 0, "above 0");
    require("--dropout", dropout, dropout == null || (dropout >= 0 && dropout < 1), "0 to below 1");
    require(
        "--dropout", dropout, hasDropout || dropout == null || dropout == 0, "0: CLIP has none");
  }

  static void atLeast(String option, @Nullable Integer value, int least) {
    require(option, value, value == null || value >= least, "at least " + least);
  }

  static void require(String option, @Nullable Object value, boolean holds, String expected) {
    if (!holds) {
      throw CommandException.usage("%s is %s: must be %s".formatted(option, value, expected));
    }
  }

  /// @param usual which parameters are trained when nothing else is said
  TrainingPlan plan(TrainingPreset preset, TrainedParts usual, int samples) {
    int rounds = or(epochs, preset.epochs());
    int together = or(batch, preset.batch());
    int batches = or(accumulate, preset.accumulate());
    long steps = TrainingPlan.stepsPerEpoch(samples, Math.multiplyExact(together, batches));
    TrainedParts parts = train.isEmpty() ? usual : TrainedParts.training(train);
    return new TrainingPlan(
        rounds,
        together,
        batches,
        or(schedule, preset.schedule())
            .rate(or(rate, preset.rate()), or(warmUp, preset.warmUp()), rounds, steps),
        preset.optimiser().withDecay(or(decay, preset.optimiser().decay())),
        or(clip, preset.clip()),
        or(dropout, preset.dropout()),
        seed,
        parts.freezing(freeze),
        patience,
        Duration.ofMinutes(minutes));
  }

  private static <T> T or(@Nullable T given, T preset) {
    return given == null ? preset : given;
  }
}
