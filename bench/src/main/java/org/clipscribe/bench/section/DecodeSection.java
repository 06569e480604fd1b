package org.clipscribe.bench.section;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.clipscribe.bench.Agreement;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Captioners;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.Weights;
import org.clipscribe.bench.measure.Clock;
import org.clipscribe.bench.measure.Contest;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.GgmlType;
import org.clipscribe.bench.peer.GgufFile;
import org.clipscribe.bench.peer.LlamaCpp;
import org.clipscribe.bench.peer.LlamaCpp.Decoder;
import org.clipscribe.bench.peer.Ours;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Config;
import org.clipscribe.gpt2.KvCache;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// GPT-2 124M, token by token over a cache, against llama.cpp at the same bits.
public final class DecodeSection implements Section {
  private static final Gpt2Config GPT2 = Captioners.GPT2;

  /// As in a caption: what stands before, and how many follow.
  private static final int[] PROMPT = IntStream.range(0, 5).map(i -> 1000 + 97 * i).toArray();

  private static final int[] TOKENS = IntStream.range(0, 20).map(i -> 31 + 1009 * i).toArray();

  /// The same weights in float. llama.cpp keeps keys and values in half precision and looks GELU up
  /// in a table of half precision, which gives 7e-4.
  private static final double SAME = 1e-3;

  /// The same model in other formats: bf16 has 8 bits, so a few parts in a hundred of the largest
  /// logit; another model would be off by more than all of it.
  private static final double ROUNDED = 0.1;

  private record Pair(WeightFormat ours, GgmlType theirs) {
    double tolerance() {
      return ours == WeightFormat.F32 ? SAME : ROUNDED;
    }
  }

  private static final List<Pair> PAIRS =
      List.of(
          new Pair(WeightFormat.F32, GgmlType.F32),
          new Pair(WeightFormat.BF16, GgmlType.F16),
          new Pair(WeightFormat.BF16, GgmlType.BF16),
          new Pair(WeightFormat.INT8, GgmlType.Q8_0));

  @Override
  public String name() {
    return "decode";
  }

  @Override
  public void run(Bench bench) throws IOException {
    bench.report().heading("GPT-2 124M, a token at a time");
    bench
        .report()
        .paragraph(
            """
            Milliseconds a token, %d tokens after a prompt of %d, from token to logits. \
            llama.cpp's F16 and BF16 are both compared with our BF16. Its Q8_0 has a scale for every \
            32 weights (8.5 bits), our INT8 one for every output (8 bits)."""
                .formatted(TOKENS.length, PROMPT.length));
    LlamaCpp llama = bench.llama().engine().orElse(null);
    if (llama == null) {
      bench.report().paragraph("llama.cpp is missing: " + bench.llama().version());
    }
    Table table =
        new Table("threads, weights", Ours.NAME, "llama.cpp", "/ llama.cpp", "logits differ by");
    for (int threads : Bench.THREADS) {
      for (Pair pair : PAIRS) {
        if (llama != null || pair.theirs != GgmlType.BF16) {
          table.row(measure(bench, llama, pair, threads));
        }
      }
    }
    bench.report().table(table);
  }

  private static List<String> measure(Bench bench, @Nullable LlamaCpp llama, Pair pair, int threads)
      throws IOException {
    try (Backend backend = bench.ours().open(threads);
        SafetensorsFile file = Weights.of("gpt2-124m", backend, source -> Gpt2.of(source, GPT2))) {
      Gpt2 model =
          Checkpoint.of(file, "GPT-2 124M")
              .load(backend, pair.ours, source -> Gpt2.of(source, GPT2));
      String title = threads + "T, " + pair.ours;
      if (llama == null) {
        Timing ours = run(bench, pair, threads, model, backend, null).of(Ours.NAME);
        return List.of(title, Format.time(ours, 1e3), "", "", "");
      }
      title += " and " + pair.theirs;
      try (Decoder decoder = llama.load(gguf(file, pair.theirs))) {
        float[] ours = new Run(model, backend).logits();
        float[] theirs = decoder.logits(threads, PROMPT, TOKENS);
        double difference = Agreement.check("llama.cpp " + title, ours, theirs, pair.tolerance());
        Timings timings = run(bench, pair, threads, model, backend, decoder);
        double ratio = timings.median("llama.cpp") / timings.median(Ours.NAME);
        return List.of(
            title,
            Format.time(timings.of(Ours.NAME), 1e3),
            Format.time(timings.of("llama.cpp"), 1e3),
            Format.ratio(ratio),
            String.format(Locale.ROOT, "%.1e", difference));
      }
    }
  }

  private static Path gguf(SafetensorsFile file, GgmlType type) throws IOException {
    Path gguf = Weights.path("gpt2-124m-" + type + ".gguf");
    if (!Files.isRegularFile(gguf)) {
      GgufFile.write(gguf, file, GPT2, type);
    }
    return gguf;
  }

  /// Turn and turn about; every step is a sample.
  private static Timings run(
      Bench bench, Pair pair, int threads, Gpt2 model, Backend backend, @Nullable Decoder decoder)
      throws IOException {
    Run ours = new Run(model, backend);
    boolean quick = bench.options().quick();
    for (int i = 0; i < (quick ? 2 : 10); i++) {
      ours.seconds(Clock.WALL); // until the compiler is done
    }
    List<Double> oursSeconds = new ArrayList<>();
    List<Double> theirSeconds = new ArrayList<>();
    for (int round = 0; round < (quick ? 2 : 12); round++) {
      Contest.rest(bench.options().rest(threads));
      oursSeconds.addAll(ours.seconds(Clock.of(threads)));
      if (decoder != null) {
        Contest.rest(bench.options().rest(threads));
        theirSeconds.addAll(decoder.steps(threads, PROMPT, TOKENS));
      }
    }
    SequencedMap<String, Timing> timings = new LinkedHashMap<>();
    timings.put(Ours.NAME, Timing.of(oursSeconds));
    if (decoder != null) {
      timings.put("llama.cpp", Timing.of(theirSeconds));
    }
    Timings all = new Timings(timings);
    bench.report().keep("decode/" + pair.ours + "-" + pair.theirs + "/" + threads + "T", all);
    return all;
  }

  private record Run(Gpt2 model, Backend backend) {
    /// Of each step.
    List<Double> seconds(Clock clock) {
      KvCache cache = prompted();
      List<Double> seconds = new ArrayList<>();
      for (int token : TOKENS) {
        long before = clock.nanos();
        step(cache, token);
        seconds.add((clock.nanos() - before) * 1e-9);
      }
      return seconds;
    }

    float[] logits() {
      KvCache cache = prompted();
      float[] logits = {};
      for (int token : TOKENS) {
        logits = step(cache, token).toArray();
      }
      return logits;
    }

    private KvCache prompted() {
      KvCache cache = model.newCache(backend, PROMPT.length + TOKENS.length);
      step(cache, PROMPT);
      return cache;
    }

    private Tensor step(KvCache cache, int... tokens) {
      Tensor positions = model.positions(backend, cache.size(), tokens.length);
      Tensor hidden = model.forward(model.embed(backend, tokens).plus(positions), Pass.over(cache));
      return model.logits(hidden.leading(tokens.length - 1, tokens.length));
    }
  }
}
