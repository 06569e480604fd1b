package org.clipscribe.bench.section;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Captioners;
import org.clipscribe.bench.Options;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Contest;
import org.clipscribe.bench.measure.Disturbance;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.PythonTorch;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// Whole processes, from nothing to the caption of one photo: how long, and how much memory.
public final class ProcessSection implements Section {
  private static final Path LAUNCHER = Path.of("clipscribe");

  /// What the table calls the processor time of a contender.
  private static final String CPU = ", CPU";

  /// The JVM grows its heap in steps, and one start takes a step more than another.
  private static final int LATER_STARTS = 5;

  /// @param seconds from start to end
  /// @param cpuSeconds of the process and those that it started
  /// @param json the last line of what it printed
  private record Ended(double seconds, double cpuSeconds, JsonObject json) {}

  private record Command(String name, Map<String, String> environment, List<String> line) {}

  @Override
  public String name() {
    return "cold";
  }

  @Override
  public void run(Bench bench) throws IOException {
    bench.report().heading("Cold: a process that captions one photo and ends");
    bench
        .report()
        .paragraph(
            """
            Size S, fp32, files in the page cache; seconds that pass from start to end, and in brackets \
            seconds of processor time, compilers included. "launcher" is `clipscribe caption` as users \
            start it, "library" a JVM without its options that calls `Captioner`; both start from \
            weights that an earlier start packed. Python maps the same weights with nothing above \
            torch.""");
    Path bundle;
    try (Backend backend = bench.ours().open(1)) {
      bundle = Captioners.bundle(backend);
    }
    times(bench, bundle);
    memory(bench, bundle);
  }

  private static void times(Bench bench, Path bundle) throws IOException {
    Table table = new Table("threads", "launcher", "library", "Python torch", "torch / launcher");
    for (int threads : Bench.THREADS) {
      Timings timings = contest(bench, commands(bench, bundle, threads), threads);
      double launcher = median(timings, "launcher");
      double torch = median(timings, "Python torch");
      table.row(
          threads + "T",
          cell(timings, "launcher"),
          cell(timings, "library"),
          cell(timings, "Python torch"),
          Double.isNaN(torch / launcher) ? "" : Format.ratio(torch / launcher));
    }
    bench.report().table(table);
  }

  private static double median(Timings timings, String name) {
    return timings.byName().containsKey(name) ? timings.median(name) : Double.NaN;
  }

  private static String cell(Timings timings, String name) {
    if (!timings.byName().containsKey(name)) {
      return "missing";
    }
    String cpu = Format.number(timings.median(name + CPU));
    return Format.time(timings.of(name), 1) + " (" + cpu + ")";
  }

  private static List<Command> commands(Bench bench, Path bundle, int threads) {
    String device = bench.options().device();
    List<Command> commands = new ArrayList<>();
    commands.add(
        new Command(
            "launcher",
            Map.of(),
            List.of(
                LAUNCHER.toAbsolutePath().toString(),
                "caption",
                "--json",
                "--device",
                device,
                "--threads",
                Integer.toString(threads),
                "--model",
                bundle.toString(),
                Captioners.PHOTO.toString())));
    commands.add(
        new Command("library", Map.of(), library(bundle, device, threads, WeightFormat.F32)));
    bench
        .torch()
        .engine()
        .ifPresent(
            torch ->
                commands.add(
                    new Command(
                        "Python torch",
                        PythonTorch.environment(threads),
                        torch.cold(
                            Captioners.weights(bundle),
                            Captioners.PHOTO,
                            threads,
                            Captioners.TOKENS))));
    return commands;
  }

  /// @param options of the JVM
  private static List<String> library(
      Path bundle, String device, int threads, WeightFormat format, String... options) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of(options));
    line.addAll(
        List.of(
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            System.getProperty("java.class.path"),
            "org.clipscribe.bench.CaptionOnce",
            bundle.toString(),
            Captioners.PHOTO.toString(),
            device,
            Integer.toString(threads),
            format.toString()));
    return line;
  }

  /// Alternated; whoever fails the first, untimed time is left out by name.
  private static Timings contest(Bench bench, List<Command> commands, int threads)
      throws IOException {
    SequencedMap<String, List<Double>> samples = new LinkedHashMap<>();
    List<Command> working = new ArrayList<>();
    for (Command command : commands) {
      try {
        end(command);
        working.add(command);
      } catch (IOException e) {
        bench.report().paragraph("Missing, %s: %s".formatted(command.name, e.getMessage()));
      }
    }
    for (int round = 0; round < (bench.options().quick() ? 2 : 9); round++) {
      for (Command command : working) {
        Contest.rest(bench.options().rest(2));
        Ended ended = end(command);
        add(samples, command.name, ended.seconds);
        add(samples, command.name + CPU, ended.cpuSeconds);
      }
    }
    SequencedMap<String, Timing> timings = new LinkedHashMap<>();
    samples.forEach((name, seconds) -> timings.put(name, Timing.of(seconds)));
    Timings all = new Timings(timings);
    bench.report().keep("cold/" + threads + "T", all);
    return all;
  }

  private static void add(SequencedMap<String, List<Double>> samples, String name, double sample) {
    samples.computeIfAbsent(name, _ -> new ArrayList<>()).add(sample);
  }

  private static Ended end(Command command) throws IOException {
    Path errors = Options.TARGET.resolve("process-errors.txt");
    ProcessBuilder builder = new ProcessBuilder(command.line).redirectError(errors.toFile());
    builder.environment().putAll(command.environment);
    double cpuBefore = Disturbance.endedChildrenSeconds();
    long start = System.nanoTime();
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status;
    try {
      status = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    double cpuSeconds = Disturbance.endedChildrenSeconds() - cpuBefore;
    if (status != 0) {
      String last = Files.readAllLines(errors).stream().reduce("", (_, line) -> line);
      throw new IOException("exit status " + status + ", " + last);
    }
    String line = output.lines().reduce("", (_, next) -> next);
    byte[] json = (line.startsWith("{") ? line : "{}").getBytes(StandardCharsets.UTF_8);
    return new Ended(seconds, cpuSeconds, Json.parseObject(json, command.name));
  }

  private static void memory(Bench bench, Path bundle) throws IOException {
    bench
        .report()
        .paragraph(
            """
            The most memory that such a process held, library, 2 threads, against what the weights \
            take in that precision, MB. The first start packs the weights, later ones find them packed \
            (median of %d). Weights lie outside the heap, where some 13 MB are alive; how much garbage \
            piles up beside these is up to the JVM's options:"""
                .formatted(LATER_STARTS));
    Table table =
        new Table(
            "weights, heap", "weights' bytes", "first start", "later", "later / weights", "beyond");
    for (WeightFormat format : WeightFormat.values()) {
      memory(bench, bundle, format, table, "default");
      memory(bench, bundle, format, table, "-Xmx128m");
    }
    bench.report().table(table);
  }

  private static void memory(
      Bench bench, Path bundle, WeightFormat format, Table table, String heap) throws IOException {
    forgetPacked(bundle);
    String device = bench.options().device();
    Command command =
        new Command(
            "library",
            Map.of(),
            heap.startsWith("-")
                ? library(bundle, device, 2, format, heap)
                : library(bundle, device, 2, format));
    double first = peak(command);
    List<Double> peaks = new ArrayList<>();
    for (int i = 0; i < LATER_STARTS; i++) {
      peaks.add(peak(command));
    }
    double later = Timing.of(peaks).median(); // megabytes here
    double weights = Files.size(Captioners.weights(bundle)) / 1e6 * bytes(format) / 4;
    table.row(
        format + ", " + heap,
        Format.number(weights),
        Format.number(first),
        Format.number(later),
        Format.ratio(later / weights),
        Format.number(later - weights));
  }

  /// Megabytes.
  private static double peak(Command command) throws IOException {
    return end(command).json.number("peakKilobytes") * 1024 / 1e6;
  }

  /// Removes what earlier starts kept beside the bundle.
  private static void forgetPacked(Path bundle) throws IOException {
    List<Path> entries;
    try (Stream<Path> found = Files.list(bundle)) {
      entries =
          found.filter(file -> !Captioners.FILES.contains(file.getFileName().toString())).toList();
    }
    for (Path entry : entries) {
      if (Files.isRegularFile(entry)) {
        Files.delete(entry);
      }
    }
  }

  private static int bytes(WeightFormat format) {
    return switch (format) {
      case F32 -> 4;
      case BF16 -> 2;
      case INT8 -> 1;
    };
  }
}
