package org.clipscribe.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.training.CaptionRule;
import org.clipscribe.captioner.training.CaptioningPreset;
import org.clipscribe.captioner.training.Schedule;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.TrainingPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Trains a captioner.
@Command(
    name = "train",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Train a captioner on a data set of embeddings (see `clipscribe dataset build`).",
      "",
      "Writes checkpoints and logs while it runs and a bundle at the end. It can be stopped at any"
          + " moment, with Ctrl-C or by pulling the plug, and goes on with --resume to the very same"
          + " result."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe train --data data/holiday --model models/small --out runs/holiday",
      "  clipscribe caption --model runs/holiday/bundle photo.jpg"
    })
final class TrainCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "The data set, embedded by the vision tower of the model.")
  private @Nullable Path data;

  @Option(
      names = "--model",
      paramLabel = "BUNDLE",
      required = true,
      description = "The bundle to begin with.")
  private @Nullable Path model;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Folder for checkpoints, logs and, in DIR/bundle, the trained bundle.")
  private @Nullable Path out;

  @Option(names = "--resume", description = "Go on with the run in --out, if there is one.")
  private boolean resume;

  @Option(
      names = "--preset",
      paramLabel = "s|l|original",
      description =
          "Settings to begin with, which the options below change: ours for the small or the large"
              + " size, or what the original does, faults included (default: s or l, by the model).")
  private @Nullable Preset preset;

  @Option(names = "--epochs", paramLabel = "N", description = "How often each caption is seen.")
  private @Nullable Integer epochs;

  @Option(names = "--batch", paramLabel = "N", description = "Captions in memory at once.")
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
      names = "--rule",
      paramLabel = "sane_b|sane_a|original",
      description = "In which order the decoder sees prefix and caption, and what it predicts.")
  private @Nullable CaptionRule rule;

  @Option(
      names = "--decay",
      paramLabel = "RATE",
      description = "Weight decay of matrices, in multiples of the learning rate.")
  private @Nullable Double decay;

  @Option(
      names = "--clip",
      paramLabel = "NORM",
      description = "Scale gradients down to this norm (default: 1.3).")
  private double clip = TrainingPlan.CLIP;

  @Option(names = "--dropout", paramLabel = "P", description = "Probability of dropout.")
  private @Nullable Float dropout;

  @Option(
      names = "--train",
      paramLabel = "PATTERN",
      split = ",",
      description =
          "Parameters to train, like 'mapping.*'; * stands for anything (default: the mapping"
              + " network, and of GPT-2 embeddings, first and last block, last norm).")
  private List<String> train = List.of();

  @Option(
      names = "--freeze",
      paramLabel = "PATTERN",
      split = ",",
      description = "Parameters of these to leave as they are.")
  private List<String> freeze = List.of();

  @Option(
      names = "--fresh-mapping",
      description = "Begin with a new mapping network, drawn by --seed, instead of the bundle's.")
  private boolean freshMapping;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of order, dropout and a new mapping network (default: 1).")
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

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "auto, or one that `clipscribe devices` lists (default: auto).")
  private String device = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  /// The names of presets on the command line.
  private enum Preset {
    S,
    L,
    ORIGINAL;

    CaptioningPreset of(BundleConfig config) {
      return switch (this) {
        case S -> CaptioningPreset.S;
        case L -> CaptioningPreset.L;
        case ORIGINAL -> CaptioningPreset.originalOf(config);
      };
    }
  }

  TrainCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    check();
    Bundle bundle = Bundle.open(Objects.requireNonNull(model, "required"));
    CaptioningPreset settings =
        preset == null ? CaptioningPreset.of(bundle.config()) : preset.of(bundle.config());
    TrainRun run =
        new TrainRun(
            terminal,
            root.quiet(),
            bundle,
            Objects.requireNonNull(data, "required"),
            Objects.requireNonNull(out, "required"),
            rule == null ? settings.rule() : rule,
            freshMapping ? OptionalLong.of(seed) : OptionalLong.empty(),
            resume,
            device,
            threads);
    return run.run(samples -> plan(settings, bundle.config(), samples));
  }

  private void check() {
    atLeast("--epochs", epochs, 1);
    atLeast("--batch", batch, 1);
    atLeast("--accumulate", accumulate, 1);
    atLeast("--patience", patience, 0);
    atLeast("--save-every", minutes, 0);
    atLeast("--threads", threads, 1);
    require(
        "--lr", rate, rate == null || (rate > 0 && rate < 10), "above 0, or nothing is learned");
    require("--warmup", warmUp, warmUp == null || (warmUp >= 0 && warmUp <= 1), "from 0 to 1");
    require("--decay", decay, decay == null || (decay >= 0 && decay < 100), "at least 0");
    require("--clip", clip, clip > 0, "above 0");
    require("--dropout", dropout, dropout == null || (dropout >= 0 && dropout < 1), "0 to below 1");
  }

  private static void atLeast(String option, @Nullable Integer value, int least) {
    require(option, value, value == null || value >= least, "at least " + least);
  }

  private static void require(
      String option, @Nullable Object value, boolean holds, String expected) {
    if (!holds) {
      throw CommandException.usage("%s is %s: must be %s".formatted(option, value, expected));
    }
  }

  private TrainingPlan plan(CaptioningPreset settings, BundleConfig config, int samples) {
    int rounds = or(epochs, settings.epochs());
    int together = or(batch, settings.batch());
    int batches = or(accumulate, settings.accumulate());
    long steps = TrainingPlan.stepsPerEpoch(samples, Math.multiplyExact(together, batches));
    TrainedParts parts =
        train.isEmpty() ? TrainedParts.ofCaptioner(config.gpt2()) : TrainedParts.training(train);
    return new TrainingPlan(
        rounds,
        together,
        batches,
        or(schedule, settings.schedule())
            .rate(or(rate, settings.rate()), or(warmUp, settings.warmUp()), rounds, steps),
        settings.optimiser().withDecay(or(decay, settings.optimiser().decay())),
        clip,
        or(dropout, settings.dropout()),
        seed,
        parts.freezing(freeze),
        patience,
        Duration.ofMinutes(minutes));
  }

  private static <T> T or(@Nullable T given, T preset) {
    return given == null ? preset : given;
  }
}
