package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.training.CaptionRule;
import org.clipscribe.cli.ModelLocator.Location;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Trains a captioner, or one of the networks that it is made of.
@Command(
    name = "train",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Train a captioner on a data set of embeddings (see `clipscribe dataset build`), a CLIP on a"
          + " data set of pictures, or a GPT-2 on text.",
      "",
      "Writes checkpoints and logs while it runs and the model at the end. It can be stopped at any"
          + " moment, with Ctrl-C or by pulling the plug, and goes on with --resume to the very same"
          + " result."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  clipscribe train --data data/holiday --model models/small --out runs/holiday",
      "  clipscribe caption --model runs/holiday/bundle photo.jpg",
      "  clipscribe train --task clip --data data/pictures --model clip-vit-base-patch32 --out"
          + " runs/clip",
      "  clipscribe train --task gpt2 --data letters.txt --model gpt2 --out runs/letters",
      "  clipscribe train --preset mini --data ~/.cache/clipscribe/art --out runs/mini"
    })
final class TrainCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Option(
      names = "--task",
      paramLabel = "captioning|clip|gpt2",
      description = "What to train (default: captioning).")
  private TrainingTask task = TrainingTask.CAPTIONING;

  @Option(
      names = "--data",
      paramLabel = "DIR|FILE",
      required = true,
      description = {
        "captioning: the data set, embedded by the vision tower of the model; with --preset mini the"
            + " folder of drawings that scenes/fetch-art made. clip: a data set built with"
            + " --pictures. gpt2: a text file, or a folder of .txt and .md files."
      })
  private @Nullable Path data;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR|FILE",
      description =
          "Required but with --preset mini: the model to begin with, a bundle, a folder as Hugging"
              + " Face has it, a checkpoint, or the name of a model that was pulled.")
  private @Nullable String model;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description =
          "Folder for checkpoints, logs and the trained model: DIR/bundle for a captioner, DIR/model"
              + " else.")
  private @Nullable Path out;

  @Option(names = "--resume", description = "Go on with the run in --out, if there is one.")
  private boolean resume;

  @Option(
      names = "--preset",
      paramLabel = "s|l|original|mini",
      description =
          "captioning: settings to begin with, which the options below change: ours for the small or"
              + " the large size, or what the original does, faults included (default: s or l, by the"
              + " model). mini: train the embedded model from nothing, all stages, on scenes of"
              + " drawings.")
  private @Nullable CaptionerPreset preset;

  @Option(
      names = "--rule",
      paramLabel = "sane_b|sane_a|original|clipcap",
      description =
          "captioning: in which order the decoder sees prefix and caption, and what it predicts.")
  private @Nullable CaptionRule rule;

  @Option(
      names = "--fresh-mapping",
      description =
          "captioning: begin with a new mapping network, drawn by --seed, instead of the bundle's.")
  private boolean freshMapping;

  @Option(
      names = "--fresh",
      description = "clip, gpt2: begin with new weights, drawn by --seed, instead of the model's.")
  private boolean fresh;

  @Option(
      names = "--lines",
      description = "gpt2: each line is a text of its own (default: each file is one).")
  private boolean lines;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = "gpt2: tokens that are read at once (default: as many as the model can).")
  private @Nullable Integer block;

  @Option(
      names = "--holdout",
      paramLabel = "SHARE",
      description = "gpt2: the share of the text, from its end, to judge by (default: 0.05).")
  private @Nullable Double holdout;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "gpt2: folder with vocab.json and merges.txt (default: beside the weights).")
  private @Nullable Path tokenizer;

  @ArgGroup(validate = false, heading = "%nLearning:%n")
  private LearningOptions learning = new LearningOptions();

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

  TrainCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    check();
    Path what = Objects.requireNonNull(data, "required");
    Path run = Objects.requireNonNull(out, "required");
    TrainingWork work = preset == CaptionerPreset.MINI ? new MiniWork(what, learning) : work(what);
    return new TrainRun(terminal, root.quiet(), work, run, resume, device, threads).run();
  }

  private TrainingWork work(Path what) {
    Location.OnDisk from = from();
    return switch (task) {
      case CAPTIONING ->
          new CaptioningWork(
              new ModelFolders(terminal, root.quiet()).bundle(from),
              what,
              preset,
              rule,
              freshMapping,
              learning);
      case CLIP -> new ClipWork(from.path(), what, fresh, learning);
      case GPT2 ->
          new TextWork(
              from.path(),
              what,
              lines,
              Optional.ofNullable(block),
              holdout == null ? 0.05 : holdout,
              Optional.ofNullable(tokenizer)
                  .or(() -> Tokenizers.fallback(terminal.environment(), List.of(from.folder()))),
              fresh,
              learning);
    };
  }

  private Location.OnDisk from() {
    return switch (ModelLocator.of(terminal).find(Objects.requireNonNull(model, "checked"))) {
      case Location.OnDisk onDisk -> onDisk;
      case Location.Embedded _ ->
          throw CommandException.usage(
              "--model embedded cannot be trained: it has no folder; name one that has");
    };
  }

  private void check() {
    learning.check(task != TrainingTask.CLIP);
    LearningOptions.atLeast("--threads", threads, 1);
    LearningOptions.atLeast("--block", block, 1);
    LearningOptions.require(
        "--holdout", holdout, holdout == null || (holdout >= 0 && holdout < 1), "0 to below 1");
    boolean captioning = task == TrainingTask.CAPTIONING;
    boolean text = task == TrainingTask.GPT2;
    belongs("--preset", preset != null, captioning);
    boolean mini = preset == CaptionerPreset.MINI;
    if (mini && (model != null || rule != null || freshMapping)) {
      throw CommandException.usage(
          "--model, --rule and --fresh-mapping do not belong to --preset mini, which begins with"
              + " nothing");
    }
    if (!mini && model == null) {
      throw CommandException.usage("--model is missing: what to begin with");
    }
    belongs("--rule", rule != null, captioning);
    belongs("--fresh-mapping", freshMapping, captioning);
    belongs("--fresh", fresh, !captioning);
    belongs("--lines", lines, text);
    belongs("--block", block != null, text);
    belongs("--holdout", holdout != null, text);
    belongs("--tokenizer", tokenizer != null, text);
  }

  private void belongs(String option, boolean given, boolean here) {
    if (given && !here) {
      throw CommandException.usage(
          "%s does not belong to --task %s".formatted(option, task.label()));
    }
  }
}
