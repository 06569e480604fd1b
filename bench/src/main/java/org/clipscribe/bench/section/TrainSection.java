package org.clipscribe.bench.section;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.clipscribe.bench.Agreement;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Captioners;
import org.clipscribe.bench.Options;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Contest;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.Dialogue;
import org.clipscribe.bench.peer.Ours;
import org.clipscribe.bench.peer.PythonTorch;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.spi.Backend;

/// A step of training, size S, against Python torch: two processes that take turns.
public final class TrainSection implements Section {
  private static final int BATCH = 16;

  /// With begin token and prefix, and without the last token, 44 rows.
  private static final int TOKENS = 40;

  private static final int THREADS = 2;

  /// Of the losses of the first steps, relative; both compute in single precision.
  private static final double SAME = 1e-4;

  /// Parameters of the mapping network and of GPT-2 124M.
  private static final double ALL_PARAMETERS = 44.9e6 + 124.4e6;

  @Override
  public String name() {
    return "train";
  }

  @Override
  public void run(Bench bench) throws IOException {
    bench.report().heading("A step of training");
    bench
        .report()
        .paragraph(
            """
            Mapping network and GPT-2 124M, a batch of %d captions of %d tokens (44 rows with begin \
            token and prefix), trained as by default: mapping network, GPT-2's embeddings, first and \
            last block, last norm. Forward, backward, clipping and AdamW, single precision, no dropout, \
            %d threads; processes that take turns, and whose losses agree.\
            """
                .formatted(BATCH, TOKENS, THREADS));
    Path bundle;
    try (Backend backend = bench.ours().open(1)) {
      bundle = Captioners.bundle(backend);
    }
    SequencedMap<String, Dialogue> processes = new LinkedHashMap<>();
    try {
      processes.put(Ours.NAME, ours(bench, bundle));
      PythonTorch torch = bench.torch().engine().orElse(null);
      if (torch == null) {
        bench.report().paragraph("Python torch is missing: " + bench.torch().version());
      } else {
        processes.put(
            "Python torch",
            torch.train(Captioners.weights(bundle), THREADS, BATCH, TOKENS, errors()));
      }
      report(bench, measure(bench, processes), trained(processes));
    } finally {
      processes.values().forEach(Dialogue::close);
    }
  }

  private static Path errors() {
    return Options.TARGET.resolve("train-errors.txt");
  }

  private static double trained(SequencedMap<String, Dialogue> processes) {
    return processes.firstEntry().getValue().greeting().number("parameters");
  }

  /// As the launcher starts `train`.
  private static Dialogue ours(Bench bench, Path bundle) throws IOException {
    return new Dialogue(
        Ours.NAME,
        errors(),
        Map.of(),
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "-XX:+UseSerialGC",
            "-Xmn32m",
            "-XX:PretenureSizeThreshold=256k",
            "-XX:MinHeapFreeRatio=20",
            "-XX:MaxHeapFreeRatio=99",
            "-XX:-UseProfiledLoopPredicate",
            "-XX:-UseFPUForSpilling",
            "-cp",
            System.getProperty("java.class.path"),
            "org.clipscribe.bench.TrainSteps",
            bundle.toString(),
            bench.options().device(),
            Integer.toString(THREADS),
            Integer.toString(BATCH),
            Integer.toString(TOKENS)));
  }

  /// @param seconds of each step after the first
  /// @param losses of the first steps
  /// @param activations in megabytes, what the tape kept; 0 where nobody counts
  private record Measured(
      List<Double> seconds, List<Float> losses, double peakMegabytes, double activations) {}

  private static Map<String, Measured> measure(Bench bench, Map<String, Dialogue> processes)
      throws IOException {
    int rounds = bench.options().quick() ? 3 : 12;
    Map<String, Measured> all = new LinkedHashMap<>();
    processes
        .keySet()
        .forEach(n -> all.put(n, new Measured(new ArrayList<>(), new ArrayList<>(), 0, 0)));
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, Dialogue> process : processes.entrySet()) {
        Contest.rest(bench.options().rest(THREADS));
        JsonObject answer = process.getValue().ask(Map.of("do", "step"));
        Measured before = Objects.requireNonNull(all.get(process.getKey()));
        if (round >= (rounds > 3 ? 2 : 1)) { // not those in which code is compiled
          before.seconds.add(answer.number("seconds"));
        }
        before.losses.add((float) answer.number("loss"));
        double peak = answer.number("peakKilobytes") * 1024 / 1e6;
        double activations = answer.number("activationBytes", 0) / 1e6;
        all.put(process.getKey(), new Measured(before.seconds, before.losses, peak, activations));
      }
    }
    return all;
  }

  private static void report(Bench bench, Map<String, Measured> all, double trained) {
    Measured ours = Objects.requireNonNull(all.get(Ours.NAME));
    SequencedMap<String, Timing> timings = new LinkedHashMap<>();
    all.forEach((name, measured) -> timings.put(name, Timing.of(measured.seconds)));
    Timings kept = new Timings(timings);
    bench.report().keep("train/2T", kept);
    // Weights, and of what is trained gradients and two moments.
    double state = (ALL_PARAMETERS + 3 * trained) * Float.BYTES / 1e6;
    double needed = state + ours.activations;
    Table table = new Table("", "seconds a step", "/ ours", "losses differ by", "peak MB", "/ sum");
    for (Map.Entry<String, Measured> entry : all.entrySet()) {
      Measured measured = entry.getValue();
      double difference =
          Agreement.check(
              entry.getKey() + "'s losses", floats(ours.losses), floats(measured.losses), SAME);
      table.row(
          entry.getKey(),
          Format.time(kept.of(entry.getKey()), 1),
          Format.ratio(kept.median(entry.getKey()) / kept.median(Ours.NAME)),
          String.format(Locale.ROOT, "%.1e", difference),
          Format.number(measured.peakMegabytes),
          Format.ratio(measured.peakMegabytes / needed));
    }
    bench.report().table(table);
    bench
        .report()
        .paragraph(
            """
            The sum is %s MB: weights, gradients and both moments %s MB (%s M of %s M parameters are \
            trained), activations that our tape keeps %s MB.\
            """
                .formatted(
                    Format.number(needed),
                    Format.number(state),
                    Format.number(trained / 1e6),
                    Format.number(ALL_PARAMETERS / 1e6),
                    Format.number(ours.activations)));
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
