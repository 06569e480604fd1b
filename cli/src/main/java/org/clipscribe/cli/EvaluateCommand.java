package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.cli.EvaluateRun.Plan;
import org.clipscribe.cli.ModelLocator.Location;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Says how good captions are.
@Command(
    name = "evaluate",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Caption the pictures of a data set, or read captions from a file, and compare them with what"
          + " people wrote: BLEU, ROUGE-L and CIDEr-D as the COCO evaluation computes them, and"
          + " CLIPScore."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe evaluate --data dataset_flickr30k.json --images flickr30k-images \\",
      "      --model models/small --out evaluation",
      "  clipscribe evaluate --data captions_val2017.json --results results.json --json",
      "",
      "With --out, a run that was interrupted goes on where it was when it is started again."
    })
final class EvaluateCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE|DIR",
      description = {
        "Pictures with captions: a data set that `clipscribe dataset build` wrote, or what it"
            + " builds of (COCO or Karpathy json, results.csv of Flickr30k, a folder, ...)."
      })
  private @Nullable Path data;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Where the pictures are (default: beside the data).")
  private @Nullable Path images;

  @Option(
      names = "--split",
      paramLabel = "train|val|test",
      description = "Which pictures (default: test where the data has splits, else all).")
  private @Nullable Split split;

  @Option(names = "--limit", paramLabel = "N", description = "Only the first N pictures.")
  private int limit = Integer.MAX_VALUE;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Score these captions, [{image_id, caption}], instead of a model's.")
  private @Nullable Path results;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR",
      description = "The bundle whose captions are scored. Default: as for `clipscribe caption`.")
  private @Nullable String model;

  @Option(
      names = "--clip",
      paramLabel = "NAME|DIR",
      description = {
        "A CLIP with both towers for CLIPScore, as the Hugging Face Hub has it or in a bundle."
            + " Default: the model's own, if it kept both."
      })
  private @Nullable String clip;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Write captions.jsonl, results.json, scores.json, images.jsonl and report.html there.")
  private @Nullable Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nComputing:%n")
  private final ComputeOptions compute = new ComputeOptions();

  @ArgGroup(validate = false, heading = "%nWriting captions:%n")
  private final DecodingOptions decoding = new DecodingOptions();

  EvaluateCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw CommandException.usage("--limit is " + limit + ", at least 1");
    }
    if (results != null && model != null) {
      throw CommandException.usage("--results and --model exclude each other: whose captions?");
    }
    CaptionerOptions options = compute.captionerOptions();
    Plan plan =
        new Plan(
            Objects.requireNonNull(data, "required"),
            Optional.ofNullable(images),
            Optional.ofNullable(split),
            limit,
            Optional.ofNullable(results),
            Optional.ofNullable(clip).map(name -> ModelLocator.of(terminal).find(name)),
            Optional.ofNullable(out),
            json);
    EvaluateRun run = new EvaluateRun(terminal, plan, options, root.quiet(), root.debug());
    return results == null ? run.captionAndScore(location(), decoding) : run.score();
  }

  private Location location() {
    Location location = ModelLocator.of(terminal).find(model);
    return switch (location) {
      case Location.BundleFolder _, Location.Pulled _, Location.Embedded _ -> location;
      case Location.Checkpoint(Path file) ->
          throw CommandException.usage(
              "%s is a checkpoint; convert it first: clipscribe convert %s --to DIR"
                  .formatted(file, file));
    };
  }
}
