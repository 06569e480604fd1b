package org.clipscribe.bench.section;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Contest.Contender;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.NativeLimits;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// One row times all matrices of GPT-2 124M, as in decoding: how fast weights stream from memory,
/// against a loop in C that only reads.
public final class GemvSection implements Section {
  /// Larger than every cache; what the loop in C reads.
  private static final long READ_BYTES = 512L << 20;

  private static final int LAYERS = 12;
  private static final int WIDTH = 768;
  private static final int VOCABULARY = 50257;
  private static final String READ = "reading in C";

  @Override
  public String name() {
    return "gemv";
  }

  @Override
  public void run(Bench bench) {
    bench.report().heading("One token through the matrices of GPT-2 124M");
    bench
        .report()
        .paragraph(
            "Bytes of weights a second, GB/s, and that as a share of what a loop in C reads; all "
                + "matrices one after the other, so that every weight comes from memory.");
    NativeLimits limits = bench.limits().engine().orElseThrow(IllegalStateException::new);
    List<String> header = new ArrayList<>(List.of("threads", READ));
    for (WeightFormat format : WeightFormat.values()) {
      header.addAll(List.of(format.toString(), "of reading", "ms"));
    }
    Table table = new Table(header);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = NativeLimits.memory(arena, READ_BYTES);
      for (int threads : Bench.THREADS) {
        table.row(measure(bench, limits, memory, threads));
      }
    }
    bench.report().table(table);
  }

  private static List<String> measure(
      Bench bench, NativeLimits limits, MemorySegment memory, int threads) {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(new Contender(READ, () -> limits.read(memory, threads)));
    List<Double> bytes = new ArrayList<>(List.of((double) READ_BYTES));
    try (Backend backend = bench.ours().open(threads)) {
      for (WeightFormat format : WeightFormat.values()) {
        List<PackedWeight> weights = matrices(backend, format);
        contenders.add(contender(backend, format, weights));
        bytes.add(bytes(format, weights));
      }
      Timings timings = bench.contest("gemv", threads, contenders, bench.options().pace());
      List<String> row = new ArrayList<>(List.of(threads + "T"));
      double reading = READ_BYTES / timings.median(READ);
      for (Timing timing : timings.byName().values()) {
        double work = bytes.removeFirst();
        row.add(Format.rate(timing, work * 1e-9));
        if (row.size() > 2) {
          row.add(Format.percent(work / timing.median() / reading));
          row.add(Format.number(timing.median() * 1e3));
        }
      }
      return row;
    }
  }

  private static Contender contender(
      Backend backend, WeightFormat format, List<PackedWeight> weights) {
    Tensor narrow = Tensor.of(backend, Shape.of(1, WIDTH), random(WIDTH));
    Tensor wide = Tensor.of(backend, Shape.of(1, 4 * WIDTH), random(4 * WIDTH));
    return new Contender(
        format.toString(),
        () -> {
          for (PackedWeight weight : weights) {
            Tensor x = weight.inputs() == WIDTH ? narrow : wide;
            x.linear(weight, null, Unary.IDENTITY, null);
          }
        });
  }

  private static List<PackedWeight> matrices(Backend backend, WeightFormat format) {
    List<PackedWeight> weights = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      weights.add(matrix(backend, format, 3 * WIDTH, WIDTH));
      weights.add(matrix(backend, format, WIDTH, WIDTH));
      weights.add(matrix(backend, format, 4 * WIDTH, WIDTH));
      weights.add(matrix(backend, format, WIDTH, 4 * WIDTH));
    }
    weights.add(matrix(backend, format, VOCABULARY, WIDTH));
    return weights;
  }

  private static PackedWeight matrix(Backend backend, WeightFormat format, int n, int k) {
    return backend.pack(MatrixSource.of(n, k, random(n * k)), false, format);
  }

  /// What the numbers take, without padding and scales.
  private static double bytes(WeightFormat format, List<PackedWeight> weights) {
    int each =
        switch (format) {
          case F32 -> 4;
          case BF16 -> 2;
          case INT8 -> 1;
        };
    return weights.stream()
        .mapToDouble(weight -> (double) weight.outputs() * weight.inputs() * each)
        .sum();
  }

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }
}
