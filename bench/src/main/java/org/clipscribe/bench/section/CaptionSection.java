package org.clipscribe.bench.section;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.clipscribe.bench.Agreement;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Captioners;
import org.clipscribe.bench.Options;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Clock;
import org.clipscribe.bench.measure.Contest;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.NativeLimits;
import org.clipscribe.bench.peer.Ours;
import org.clipscribe.bench.peer.PythonTorch;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Models that are loaded and warm: ViT-B/32 on one picture, and a whole caption of size S.
public final class CaptionSection implements Section {
  private static final String TORCH = "Python torch";

  /// Twelve layers of rounding, 1e-6 or so; another model would be off by all of it.
  private static final double SAME = 1e-3;

  /// bf16 and int8 round the weights of twelve layers; a wrong layer would be off by all of it.
  private static final double ROUNDED = 0.2;

  /// Enough for some tens of milliseconds, as long as a picture takes.
  private static final int PEAK_TIMES = 10;

  @Override
  public String name() {
    return "caption";
  }

  @Override
  public void run(Bench bench) throws IOException {
    bench.report().heading("Warm: one picture, one caption");
    bench
        .report()
        .paragraph(
            """
            Milliseconds. ViT-B/32 from prepared pixels to its vector, with the share of the \
            multiply-add peak that its matrix products alone take; and a caption of size S: ViT-B/32, \
            six mapping layers and %d tokens of GPT-2 124M. PyTorch computes in fp32 throughout."""
                .formatted(Captioners.TOKENS));
    Table table =
        new Table(
            "threads, weights", "ViT", TORCH, "/ torch", "of peak", "caption", TORCH, "/ torch");
    boolean sameWords = true;
    for (int threads : Bench.THREADS) {
      for (WeightFormat format : WeightFormat.values()) {
        sameWords &= measure(bench, threads, format, table);
      }
    }
    bench.report().table(table);
    if (bench.torch().engine().isPresent()) {
      bench
          .report()
          .paragraph(
              sameWords
                  ? "In fp32 both wrote the same tokens."
                  : "**In fp32 the two wrote different tokens.**");
    }
  }

  private static boolean measure(Bench bench, int threads, WeightFormat format, Table table)
      throws IOException {
    Path bundle;
    try (Backend backend = bench.ours().open(1)) {
      bundle = Captioners.bundle(backend);
    }
    PythonTorch torch = bench.torch().engine().orElse(null);
    PythonTorch.@Nullable Server server =
        torch == null
            ? null
            : torch.serve(
                Captioners.weights(bundle),
                Captioners.pixelsFile(),
                threads,
                Captioners.TOKENS,
                Options.TARGET.resolve("python-errors.txt"));
    try (server) {
      Timings image = image(bench, threads, format, bundle, server);
      List<Boolean> same = new ArrayList<>();
      Timings caption = caption(bench, threads, format, bundle, server, same);
      List<String> row = new ArrayList<>(List.of(threads + "T, " + format));
      cells(row, image);
      row.add(ofPeak(bench, image, threads));
      cells(row, caption);
      table.row(row);
      return same.getFirst() || format != WeightFormat.F32;
    }
  }

  private static void cells(List<String> row, Timings timings) {
    row.add(Format.time(timings.of(Ours.NAME), 1e3));
    boolean both = timings.byName().containsKey(TORCH);
    row.add(both ? Format.time(timings.of(TORCH), 1e3) : "missing");
    row.add(both ? Format.ratio(timings.median(TORCH) / timings.median(Ours.NAME)) : "");
  }

  /// Matrix products with weights: 50 rows through twelve layers, 49 patches. Attention adds 1 %.
  private static String ofPeak(Bench bench, Timings image, int threads) {
    double layer = 2.0 * 50 * 768 * (4 * 768 + 2 * 3072);
    double flops = 12 * layer + 2.0 * 49 * 768 * 3072;
    double peak = LimitsSection.peak(bench, image, threads);
    return Double.isNaN(peak) ? "?" : Format.percent(flops / image.median(Ours.NAME) / peak);
  }

  private static Timings image(
      Bench bench,
      int threads,
      WeightFormat format,
      Path bundle,
      PythonTorch.@Nullable Server server)
      throws IOException {
    try (Backend backend = bench.ours().open(threads);
        SafetensorsFile weights = SafetensorsFile.open(Captioners.weights(bundle))) {
      CaptionModel model =
          Checkpoint.of(weights, "captioner of size S")
              .load(backend, format, source -> CaptionModel.of(source, Captioners.S));
      int side = Captioners.S.vision().imageSize();
      Tensor pixels = Tensor.of(backend, Shape.of(1, 3, side, side), Captioners.pixels());
      if (server != null) {
        double tolerance = format == WeightFormat.F32 ? SAME : ROUNDED;
        float[] theirs = server.ask("image").values();
        Agreement.check("ViT-B/32 in " + format, vector(model, pixels), theirs, tolerance);
      }
      return turns(bench, "image/" + format, threads, () -> vector(model, pixels), server);
    }
  }

  private static float[] vector(CaptionModel model, Tensor pixels) {
    return model.reader().vision().forward(pixels, Probe.NONE).poolerOutput().toArray();
  }

  private static Timings caption(
      Bench bench,
      int threads,
      WeightFormat format,
      Path bundle,
      PythonTorch.@Nullable Server server,
      List<Boolean> same)
      throws IOException {
    CaptionerOptions options =
        CaptionerOptions.defaults()
            .withDevice(bench.options().device())
            .withThreads(threads)
            .withPrecision(format);
    Image picture = Captioners.picture();
    try (Captioner captioner = Captioner.open(bundle, options)) {
      List<Integer> tokens = captioner.caption(picture).tokens();
      same.add(server == null || tokens.equals(integers(server.ask("caption").values())));
      return turns(bench, "caption/" + format, threads, () -> captioner.caption(picture), server);
    }
  }

  private static List<Integer> integers(float[] values) {
    List<Integer> integers = new ArrayList<>();
    for (float value : values) {
      integers.add((int) value);
    }
    return integers;
  }

  /// Turn and turn about.
  private static Timings turns(
      Bench bench,
      String measurement,
      int threads,
      Runnable ours,
      PythonTorch.@Nullable Server server)
      throws IOException {
    boolean quick = bench.options().quick();
    Clock clock = Clock.of(threads);
    String work = measurement.substring(0, measurement.indexOf('/'));
    for (int i = 0; i < (quick ? 3 : 20); i++) {
      ours.run(); // until the compiler is done
    }
    List<Double> oursSeconds = new ArrayList<>();
    List<Double> theirSeconds = new ArrayList<>();
    List<Double> peakSeconds = new ArrayList<>();
    Optional<NativeLimits> limits = bench.limits().engine();
    for (int round = 0; round < (quick ? 3 : 15); round++) {
      Contest.rest(bench.options().rest(threads));
      oursSeconds.add(seconds(clock, ours));
      if (server != null) {
        Contest.rest(bench.options().rest(threads));
        theirSeconds.add(server.ask(work).seconds());
      }
      if (limits.isPresent()) {
        Contest.rest(bench.options().rest(threads));
        multiplyAdd(limits.get(), threads, 1); // wakes the cores
        peakSeconds.add(
            seconds(clock, () -> multiplyAdd(limits.get(), threads, PEAK_TIMES)) / PEAK_TIMES);
      }
    }
    SequencedMap<String, Timing> timings = new LinkedHashMap<>();
    timings.put(Ours.NAME, Timing.of(oursSeconds));
    if (server != null) {
      timings.put(TORCH, Timing.of(theirSeconds));
    }
    if (!peakSeconds.isEmpty()) {
      timings.put(LimitsSection.FMA, Timing.of(peakSeconds));
    }
    Timings all = new Timings(timings);
    bench.report().keep(measurement + "/" + threads + "T", all);
    return all;
  }

  private static void multiplyAdd(NativeLimits limits, int threads, int times) {
    for (int i = 0; i < times; i++) {
      limits.multiplyAdd(LimitsSection.FMA_ROUNDS, threads);
    }
  }

  private static double seconds(Clock clock, Runnable work) {
    long before = clock.nanos();
    work.run();
    return (clock.nanos() - before) * 1e-9;
  }
}
