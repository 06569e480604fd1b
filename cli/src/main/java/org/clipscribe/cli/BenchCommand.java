package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.CaptionParts;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.Work;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.cli.Roofline.Part;
import org.clipscribe.convert.RandomBundle;
import org.clipscribe.media.Drawing;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Limits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures this machine.
@Command(
    name = "bench",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Measure how fast captions come on this machine, and how near that is to what its",
      "processor and memory allow. Close other programs first."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe bench --precision bf16 --plot roofline.svg",
      "",
      "The roofline of a part is the time that its multiplications take at the peak, or",
      "reading its weights once, whichever is longer."
    })
final class BenchCommand implements Callable<Integer> {
  /// Words after the first; the original's captions have about ten.
  private static final int WORDS = 19;

  /// Many times any cache.
  private static final int READ_MEGABYTES = 512;

  private static final int ROUNDS = 1 << 20;

  private final Terminal terminal;
  private final Clipscribe root;

  @Option(
      names = "--model",
      paramLabel = "NAME|DIR|FILE",
      description = "A bundle (default: random weights, which take the same time).")
  private @Nullable String model;

  @Option(
      names = "--size",
      paramLabel = "tiny|S|L",
      defaultValue = "S",
      description = "Of random weights (default: S, which takes 1 GB of memory as f32).")
  private String size = "S";

  @ArgGroup(exclusive = false)
  private final ComputeOptions compute = new ComputeOptions();

  @Option(names = "--quick", description = "Measure a tenth as often.")
  private boolean quick;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Draw the roofline into FILE, which ends in .svg or .png.")
  private @Nullable Path plot;

  BenchCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    String ending = plot == null ? "svg" : ending(plot);
    if (!ending.equals("svg") && !ending.equals("png")) {
      throw CommandException.usage("--plot " + plot + " does not end in .svg or .png");
    }
    CaptionerOptions options = compute.captionerOptions();
    try (CaptionParts parts = open(options)) {
      Roofline roofline = measure(parts, options);
      terminal.results().print(json ? Json.writePretty(roofline.toMap()) + "\n" : roofline.table());
      if (plot != null) {
        save(roofline, plot, ending);
      }
    }
    return ExitStatus.DONE;
  }

  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private void save(Roofline roofline, Path file, String ending) throws IOException {
    if (!roofline.known()) {
      throw CommandException.usage("--plot needs a device whose limits are measured, like cpu");
    }
    Drawing drawing = RooflinePlot.draw(roofline);
    AtomicFile.write(
        file,
        ending.equals("svg")
            ? drawing.toSvg().getBytes(StandardCharsets.US_ASCII)
            : drawing.toPng());
  }

  private CaptionParts open(CaptionerOptions options) {
    if (model == null) {
      BundleConfig config = RandomBundle.config(size);
      note("making random weights of size " + size + " ...");
      return CaptionParts.random(config, 0, options);
    }
    Location location = ModelLocator.of(terminal).find(model);
    return switch (location) {
      case Location.BundleFolder _, Location.Pulled _, Location.Embedded _ ->
          CaptionParts.open(new ModelFolders(terminal, root.quiet()).bundle(location), options);
      case Location.Checkpoint(Path file) ->
          throw CommandException.usage(
              "%s is no bundle; make one first: clipscribe convert %s --to DIR"
                  .formatted(file, file));
    };
  }

  private void note(String message) {
    if (!root.quiet()) {
      terminal.note(message);
    }
  }

  private Roofline measure(CaptionParts parts, CaptionerOptions options) {
    BundleConfig config = parts.config();
    note("measuring; this takes " + (quick ? "some seconds" : "about half a minute") + " ...");
    int words = Math.min(WORDS, config.maxLength() - 1);
    int prefix = config.rowsBeforeCaption();
    Samples image = new Samples();
    Samples word = new Samples();
    Samples caption = new Samples();
    int rounds = quick ? 3 : 25;
    Best best = new Best(parts.backend().limits().orElse(null));
    try (best) {
      for (int round = -2; round < rounds; round++) { // two that do not count, for the compiler
        long start = System.nanoTime();
        CaptionParts.Words caption1 = parts.begin();
        long last = System.nanoTime();
        for (int i = 0; i < words; i++) {
          caption1.next();
          long now = System.nanoTime();
          word.add(now - last, round);
          last = now;
        }
        caption.add(last - start, round);
        start = System.nanoTime();
        parts.encode();
        image.add(System.nanoTime() - start, round);
        best.look();
      }
    }
    Work seen = Work.image(config.vision());
    Work oneWord = Work.words(config.gpt2(), 1, prefix + words / 2);
    Work mapped = config.mapping().map(Work::prefix).orElse(new Work(0, 0));
    Work whole = seen.plus(mapped).plus(Work.words(config.gpt2(), prefix, 0));
    for (int i = 0; i < words; i++) {
      whole = whole.plus(Work.words(config.gpt2(), 1, prefix + i));
    }
    String machine =
        "%s, %s, model %s"
            .formatted(
                parts.backend().description(),
                options.precision().name().toLowerCase(Locale.ROOT),
                model == null ? "of size " + size + " with random weights" : config.size());
    return new Roofline(
        machine,
        best.peak,
        best.read,
        bytes(options.precision()),
        List.of(
            image.part("image", seen),
            word.part("each word", oneWord),
            caption.part("caption of %d words".formatted(words + 1), whole)));
  }

  private static int bytes(WeightFormat format) {
    return switch (format) {
      case F32 -> 4;
      case BF16 -> 2;
      case INT8 -> 1;
    };
  }

  /// The most that the processor reached while everything else was measured. Looking now and then
  /// all through finds a moment in which no other program held a core; 60 milliseconds at the
  /// beginning did not, and told half the peak of two threads.
  private static final class Best implements AutoCloseable {
    /// Each takes a few milliseconds at most.
    private static final int TRIES = 4;

    private final @Nullable Limits limits;
    private final Limits.@Nullable Reader reader;
    private double peak;
    private double read;

    Best(@Nullable Limits limits) {
      this.limits = limits;
      this.reader = limits == null ? null : limits.reader(READ_MEGABYTES);
      for (int i = 0; i < 5; i++) { // until the compiler is done
        look();
      }
    }

    void look() {
      if (limits == null || reader == null) {
        return;
      }
      for (int i = 0; i < TRIES; i++) {
        long start = System.nanoTime();
        double operations = limits.multiplyAdd(ROUNDS);
        peak = Math.max(peak, operations * 1e9 / (System.nanoTime() - start));
      }
      long start = System.nanoTime();
      double bytes = reader.read();
      read = Math.max(read, bytes * 1e9 / (System.nanoTime() - start));
    }

    @Override
    public void close() {
      if (reader != null) {
        reader.close();
      }
    }
  }

  /// Times of one part.
  private static final class Samples {
    private final List<Double> seconds = new ArrayList<>();

    void add(long nanos, int round) {
      if (round >= 0) {
        seconds.add(nanos * 1e-9);
      }
    }

    Part part(String name, Work work) {
      Collections.sort(seconds);
      int count = seconds.size();
      double median = seconds.get(count / 2);
      return new Part(
          name, work, median, (seconds.get(3 * count / 4) - seconds.get(count / 4)) / median);
    }
  }
}
