package org.clipscribe.bench.section;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.clipscribe.bench.Agreement;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Contest.Contender;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.GemmEngine;
import org.clipscribe.bench.peer.GemmEngine.Product;
import org.clipscribe.bench.peer.GemmEngine.Shape;
import org.clipscribe.bench.peer.Ours;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;

/// fp32 matrix products at the shapes of ViT-B/32, ViT-L/14 and GPT-2, against native libraries.
public final class GemmSection implements Section {
  /// Rows from which the goals speak of multiplication; below, reading the weights is the limit.
  private static final int MANY_ROWS = 45;

  /// Ours and a peer add in different orders: 1e-6 or so is rounding, 1e-3 is another product.
  private static final double TOLERANCE = 1e-3;

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(50, 2304, 768), // ViT-B/32, one image
          new Shape(50, 768, 768),
          new Shape(50, 3072, 768),
          new Shape(50, 768, 3072),
          new Shape(400, 3072, 768), // 8 and 32 images
          new Shape(1600, 3072, 768),
          new Shape(257, 4096, 1024), // ViT-L/14
          new Shape(257, 1024, 4096),
          new Shape(45, 2304, 768), // GPT-2 on a prefix, or on a batch of captions
          new Shape(45, 3072, 768),
          new Shape(1024, 1024, 1024),
          new Shape(5, 3072, 768), // five beams
          new Shape(5, 50257, 768),
          new Shape(1, 768, 768), // one token
          new Shape(1, 3072, 768),
          new Shape(1, 50257, 768));

  private static final List<Shape> QUICK =
      List.of(
          new Shape(50, 2304, 768),
          new Shape(50, 768, 3072),
          new Shape(257, 4096, 1024),
          new Shape(5, 3072, 768),
          new Shape(1, 3072, 768));

  @Override
  public String name() {
    return "gemm";
  }

  @Override
  public void run(Bench bench) {
    bench.report().heading("fp32 matrix products");
    bench
        .report()
        .paragraph(
            """
            `[m, k] x [k, n]`, GFLOP/s. Ours and ONNX Runtime hold packed weights; OpenBLAS and \
            libtorch pack on every call, as their default interfaces do. Small products stay in the \
            caches from one call to the next, for everybody alike. Ours allocates every result anew, in \
            a heap whose pages have been touched before.""");
    List<GemmEngine> engines = new ArrayList<>(List.of(bench.ours()));
    engines.addAll(bench.present());
    for (int threads : Bench.THREADS) {
      measure(bench, engines, threads);
    }
  }

  private static void measure(Bench bench, List<GemmEngine> engines, int threads) {
    List<String> header = new ArrayList<>(List.of("m x n x k, " + threads + "T"));
    engines.forEach(engine -> header.add(engine.name()));
    header.add("of peak");
    List<String> peers = engines.stream().skip(1).map(GemmEngine::name).toList();
    peers.forEach(peer -> header.add("/ " + peer));
    Table table = new Table(header);
    List<Ratios> many = new ArrayList<>();
    List<Ratios> all = new ArrayList<>();
    double worst = 0;
    for (Shape shape : bench.options().quick() ? QUICK : SHAPES) {
      Result result = contest(bench, engines, shape, threads);
      worst = Math.max(worst, result.difference());
      Ratios ratios = Ratios.of(bench, shape, threads, result.timings(), peers);
      List<String> row = new ArrayList<>(List.of(shape.toString()));
      for (GemmEngine engine : engines) {
        row.add(Format.rate(result.timings().of(engine.name()), shape.flops() * 1e-9));
      }
      row.add(Format.percent(ratios.ofPeak()));
      ratios.peers().forEach(ratio -> row.add(Format.ratio(ratio)));
      table.row(row);
      all.add(ratios);
      if (shape.m() >= MANY_ROWS) {
        many.add(ratios);
      }
    }
    mean(table, "geometric mean, m >= " + MANY_ROWS, many);
    mean(table, "geometric mean, all", all);
    bench.report().table(table);
    bench.report().paragraph("Largest difference between ours and a peer: %.1e.".formatted(worst));
  }

  /// @param difference the largest between ours and a peer
  private record Result(Timings timings, double difference) {}

  /// @param ofPeak share of what the machine can multiply; NaN when that is not known
  /// @param peers their time divided by ours
  private record Ratios(double ofPeak, List<Double> peers) {
    static Ratios of(Bench bench, Shape shape, int threads, Timings timings, List<String> peers) {
      double ours = timings.median(Ours.NAME);
      double peak = LimitsSection.peak(bench, timings, threads);
      return new Ratios(
          shape.flops() / ours / peak,
          peers.stream().map(peer -> timings.median(peer) / ours).toList());
    }
  }

  private static Result contest(Bench bench, List<GemmEngine> engines, Shape shape, int threads) {
    SplittableRandom random = new SplittableRandom(shape.hashCode());
    float[] x = uniform(random, shape.m() * shape.k(), 1);
    float[] w = uniform(random, shape.n() * shape.k(), Math.sqrt(3.0 / shape.k()));
    List<Product> products = new ArrayList<>();
    List<Contender> contenders = new ArrayList<>();
    double worst = 0;
    try {
      float[] ours = null;
      for (GemmEngine engine : engines) {
        Product product = engine.prepare(shape, x, w, threads);
        products.add(product);
        contenders.add(new Contender(engine.name(), product::run));
        product.run();
        float[] result = product.result();
        ours = ours == null ? result : ours;
        worst =
            Math.max(worst, Agreement.check(engine.name() + " " + shape, ours, result, TOLERANCE));
      }
      bench
          .limits()
          .engine()
          .ifPresent(
              limits ->
                  contenders.add(
                      new Contender(
                          LimitsSection.FMA,
                          () -> limits.multiplyAdd(LimitsSection.FMA_ROUNDS, threads))));
      Timings timings = bench.contest("gemm/" + shape, threads, contenders, bench.options().pace());
      return new Result(timings, worst);
    } finally {
      products.forEach(Product::close);
    }
  }

  private static void mean(Table table, String name, List<Ratios> ratios) {
    Ratios first = ratios.getFirst();
    List<String> row = new ArrayList<>(List.of("**" + name + "**"));
    row.add("");
    first.peers().forEach(_ -> row.add(""));
    double ofPeak = Timing.geometricMean(ratios.stream().map(Ratios::ofPeak).toList());
    row.add("**" + Format.percent(ofPeak) + "**");
    for (int peer = 0; peer < first.peers().size(); peer++) {
      int index = peer;
      double mean =
          Timing.geometricMean(ratios.stream().map(each -> each.peers().get(index)).toList());
      row.add("**" + Format.ratio(mean) + "**");
    }
    table.row(row);
  }

  private static float[] uniform(SplittableRandom random, int count, double largest) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((random.nextDouble() * 2 - 1) * largest);
    }
    return values;
  }
}
