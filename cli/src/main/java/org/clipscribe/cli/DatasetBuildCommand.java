package org.clipscribe.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.dataset.BuildReport;
import org.clipscribe.captioner.dataset.BuildRequest;
import org.clipscribe.captioner.dataset.DatasetInfo;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.SourceKind;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.dataset.Splitting;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes a data set of images with captions.
@Command(
    name = "build",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Make a data set: look at every image once and keep what CLIP makes of it, with its captions.",
      "",
      "What cannot be used is reported and left out, which is no failure: even Flickr30k has a bad"
          + " row. Only when more than a tenth of the captions or of the images is left out does the"
          + " command end with 1, and the data set is there all the same. A build that was"
          + " interrupted, by whatever, goes on when its command is repeated."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  clipscribe dataset build results.csv --images flickr30k_images \\",
      "      --model models/small --out flickr30k",
      "  clipscribe dataset build photos --model models/small --out mine",
      "  clipscribe dataset build photos --model clip-vit-base-patch32 --pictures --out pictures",
    })
final class DatasetBuildCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      paramLabel = "SOURCE",
      description = {
        "Flickr30k's results.csv; COCO captions, Karpathy's or ClipCap's json; a folder of images"
            + " with a .txt beside each, or with metadata.jsonl or metadata.csv; a WebDataset .tar or"
            + " a folder of them; the original's dataset.pkl. Told by its content."
      })
  private @Nullable Path source;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "Where the images are (default: where SOURCE is).")
  private @Nullable Path images;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR|FILE",
      description = "Whose CLIP looks at the images, as in `clipscribe caption`.")
  private @Nullable String model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The data set to make.")
  private @Nullable Path target;

  @Option(
      names = "--split",
      paramLabel = "TRAIN,VAL,TEST",
      split = ",",
      arity = "1",
      hideParamSyntax = true,
      description =
          "Shares of the images (default: the splits of SOURCE if it has any, else 0.9,0.05,0.05)."
              + " An image and all its captions go to one split.")
  private double @Nullable [] split;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the splits; the same number gives the same (default: 1).")
  private long seed = 1;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images that are looked at together (default: 16).")
  private int batch = BuildRequest.DEFAULT_BATCH;

  @Option(
      names = "--shard-size",
      paramLabel = "N",
      description =
          "Images of a shard, which is also what an interruption costs at most (default: 4096; of"
              + " pictures as many as take 64 MB while they are read).")
  private @Nullable Integer shardSize;

  @Option(
      names = "--pictures",
      description =
          "Keep the pictures themselves as the model looks at them instead of embeddings: for"
              + " `clipscribe train --task clip`.")
  private boolean pictures;

  @Option(names = "--strict", description = "Stop at the first thing that would be left out.")
  private boolean strict;

  @Option(
      names = "--force",
      description = "Replace a data set that is there already; nothing else is ever replaced.")
  private boolean force;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nComputing:%n")
  private DeviceOptions compute = new DeviceOptions();

  @ArgGroup(validate = false, heading = "%nReading images:%n")
  private final CaptionCommand.ReadingOptions reading = new CaptionCommand.ReadingOptions();

  DatasetBuildCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CaptionerOptions options = compute.captionerOptions();
    if (batch < 1 || (shardSize != null && shardSize < 1)) {
      throw CommandException.usage("--batch and --shard-size are at least 1");
    }
    Location location = ModelLocator.of(terminal).find(model);
    DatasetEyes eyes =
        pictures
            ? DatasetEyes.Keeping.of(location, reading.options())
            : new DatasetEyes.Looking(
                terminal,
                root.quiet(),
                new ModelFolders(terminal, root.quiet()).bundle(location),
                options,
                reading.options());
    BuildRequest request = request(options.threads(), eyes.usualShard());
    BuildReport report = build(request, eyes);
    print(request.target(), report);
    return report.lostMuch() ? ExitStatus.SOME_FAILED : ExitStatus.DONE;
  }

  private BuildReport build(BuildRequest request, DatasetEyes eyes) {
    BuildProgress progress = new BuildProgress(terminal, root.quiet());
    Interruption interruption =
        Interruption.ofThisThread(
            terminal,
            "interrupted: %s; repeat the command to go on where it stopped"
                .formatted(request.target()));
    BuildReport report;
    try {
      report = eyes.build(request, progress);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw interruption.exception(e);
    } catch (FileSystemException e) {
      throw CommandException.resources(Failure.of(e).message());
    } catch (IOException e) {
      throw CommandException.resources(
          "%s: %s; make room and repeat the command to go on where it stopped"
              .formatted(request.target(), e.getMessage()));
    } finally {
      progress.clear();
      interruption.over();
    }
    progress.summary(report.leftOut());
    if (report.lostMuch() && !root.quiet()) {
      terminal.warning("that is more than a tenth; the data set is there all the same");
    }
    return report;
  }

  private BuildRequest request(int threads, int usualShard) {
    // A decoder keeps up with two computing threads; each holds a whole picture.
    int decoders = Math.clamp(threads / 2, 1, 4);
    return new BuildRequest(
        SourceKind.detect(Objects.requireNonNull(source, "required")),
        Optional.ofNullable(images),
        Objects.requireNonNull(target, "required"),
        splitting(),
        batch,
        shardSize == null ? usualShard : shardSize,
        decoders,
        strict,
        force);
  }

  private Splitting splitting() {
    if (split == null) {
      Splitting shares = Splitting.DEFAULT;
      return new Splitting(seed, shares.train(), shares.val(), shares.test(), true);
    }
    if (split.length != 3) {
      throw CommandException.usage("--split is three numbers, like 0.9,0.05,0.05");
    }
    try {
      return new Splitting(seed, split[0], split[1], split[2], false);
    } catch (IllegalArgumentException _) {
      throw CommandException.usage(
          "--split is %s, expected three shares from 0 to 1 that add up to 1"
              .formatted(
                  String.join(",", Arrays.stream(split).mapToObj(Double::toString).toList())));
    }
  }

  private void print(Path folder, BuildReport report) {
    try (EmbeddingDataset dataset = EmbeddingDataset.open(folder)) {
      DatasetInfo info = DatasetInfo.of(dataset);
      if (json) {
        Map<String, Object> leftOut = new LinkedHashMap<>();
        report
            .leftOut()
            .forEach((reason, count) -> leftOut.put(reason.name().toLowerCase(Locale.ROOT), count));
        Map<String, Object> document = DatasetInfoCommand.toMap(dataset, info);
        document.put("left_out", new TreeMap<>(leftOut));
        terminal.results().print(Json.writePretty(document));
        return;
      }
      List<String> splits =
          Arrays.stream(Split.values())
              .map(each -> each.label() + " " + dataset.samples(each).images())
              .toList();
      terminal
          .results()
          .line(
              Texts.oneLine(
                  "%s: %d images with %d captions (%s)"
                      .formatted(
                          folder,
                          dataset.images(),
                          dataset.captions(),
                          String.join(", ", splits))));
      if (!root.quiet()) {
        for (Split each : Split.values()) {
          if (dataset.samples(each).images() == 0) {
            terminal.note(
                "note: no image fell to %s; --split and --seed draw again".formatted(each.label()));
          }
        }
        terminal.note("next: clipscribe dataset info %s".formatted(folder));
      }
    }
  }
}
