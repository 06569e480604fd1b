package org.clipscribe.cli;

import java.io.IOException;
import java.io.InputStream;
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
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.ImageEmbedder;
import org.clipscribe.captioner.dataset.BuildReport;
import org.clipscribe.captioner.dataset.BuildRequest;
import org.clipscribe.captioner.dataset.DatasetBuilder;
import org.clipscribe.captioner.dataset.DatasetInfo;
import org.clipscribe.captioner.dataset.Embedder;
import org.clipscribe.captioner.dataset.EmbeddingDataset;
import org.clipscribe.captioner.dataset.SourceKind;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.dataset.Splitting;
import org.clipscribe.convert.torch.DatasetPickle;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.ReadOptions;
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
      "What cannot be used is reported and left out, which is no failure. A build that was"
          + " interrupted, by whatever, goes on when its command is repeated."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  clipscribe dataset build results.csv --images flickr30k_images \\",
      "      --model models/small --out flickr30k",
      "  clipscribe dataset build photos --model models/small --out mine",
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
      paramLabel = "DIR|FILE",
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
          "Images of a shard, which is also what an interruption costs at most (default: 4096).")
  private int shardSize = BuildRequest.DEFAULT_SHARD_SIZE;

  @Option(names = "--strict", description = "Stop at the first thing that would be left out.")
  private boolean strict;

  @Option(
      names = "--force",
      description = "Replace a data set that is there already; nothing else is ever replaced.")
  private boolean force;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @ArgGroup(exclusive = false, heading = "%nComputing:%n")
  private ComputeOptions compute = new ComputeOptions();

  @ArgGroup(validate = false, heading = "%nReading images:%n")
  private final CaptionCommand.ReadingOptions reading = new CaptionCommand.ReadingOptions();

  DatasetBuildCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    CaptionerOptions options = compute.captionerOptions();
    ReadOptions readOptions = reading.options();
    BuildRequest request = request(options.threads());
    Bundle bundle = bundle();
    BuildProgress progress = new BuildProgress(terminal, root.quiet());
    Interruption interruption = Interruption.ofThisThread();
    BuildReport report;
    try {
      report = build(request, bundle, options, readOptions, progress);
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      throw CommandException.interrupted(
          "interrupted; repeat the command to go on where it stopped", e);
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
    print(request.target(), report);
    return ExitStatus.DONE;
  }

  private BuildRequest request(int threads) {
    if (batch < 1 || shardSize < 1) {
      throw CommandException.usage("--batch and --shard-size are at least 1");
    }
    // A decoder keeps up with two computing threads; each holds a whole picture.
    int decoders = Math.clamp(threads / 2, 1, 4);
    return new BuildRequest(
        SourceKind.detect(Objects.requireNonNull(source, "required")),
        Optional.ofNullable(images),
        Objects.requireNonNull(target, "required"),
        splitting(),
        batch,
        shardSize,
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

  private Bundle bundle() {
    ModelLocator locator = new ModelLocator(terminal.environment(), Path.of(""));
    return Bundle.open(
        new ModelFolders(terminal, root.quiet()).bundle(locator.find(model, null, null)));
  }

  private BuildReport build(
      BuildRequest request,
      Bundle bundle,
      CaptionerOptions options,
      ReadOptions readOptions,
      BuildProgress progress)
      throws IOException {
    String settings =
        options.precision().name().toLowerCase(Locale.ROOT)
            + (readOptions.upright() ? ", upright" : ", as stored")
            + (readOptions.allowDamaged() ? ", damaged allowed" : "");
    if (request.source().kind() == SourceKind.PICKLE) {
      Path file = request.source().files().getFirst();
      Tower tower =
          new Tower(
              Optional.empty(),
              new ImageFileReader(readOptions),
              bundle.config().vision().width(),
              ImageEmbedder.digest(bundle),
              "made elsewhere");
      return DatasetBuilder.build(request, tower, new DatasetPickle(file), progress);
    }
    try (ImageEmbedder embedder = ImageEmbedder.open(bundle, options)) {
      embedder.notice().filter(_ -> !root.quiet()).ifPresent(terminal::warning);
      Tower tower =
          new Tower(
              Optional.of(embedder),
              new ImageFileReader(readOptions),
              embedder.width(),
              ImageEmbedder.digest(bundle),
              settings);
      return DatasetBuilder.build(request, tower, progress);
    }
  }

  /// A vision tower with eyes for image files.
  private record Tower(
      Optional<ImageEmbedder> embedder,
      ImageFileReader reader,
      int width,
      String digest,
      String settings)
      implements Embedder {
    @Override
    public float[] pixels(InputStream in, String origin) throws IOException {
      return embedder.orElseThrow().pixels(reader.read(in, origin).image());
    }

    @Override
    public float[] embed(List<float[]> pixels) {
      return embedder.orElseThrow().embed(pixels);
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
