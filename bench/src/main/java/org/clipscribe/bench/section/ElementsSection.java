package org.clipscribe.bench.section;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Contest.Contender;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.Backend;

/// What is not a matrix product, forwards and backwards. All of it runs in one process in turns, as
/// in a model: a loop may be fast alone and slow where the compiler has seen the others, too.
public final class ElementsSection implements Section {
  /// Tokens of 32 pictures of the embedded model, a batch of its training.
  private static final int ROWS = 2080;

  private static final int WIDTH = 512;
  private static final int TOKENS = 65;
  private static final int HEADS = 8;
  private static final long SEED = 1;

  @Override
  public String name() {
    return "elements";
  }

  @Override
  public void run(Bench bench) {
    bench.report().heading("Element by element");
    bench
        .report()
        .paragraph(
            "Nanoseconds an element of [%d, %d] (attention: %d sequences of %d, %d heads), with "
                    .formatted(ROWS, WIDTH, ROWS / TOKENS, TOKENS, HEADS)
                + "memory for the result. What only moves data, like adding, is as slow as memory "
                + "makes it.");
    List<Timings> timings = new ArrayList<>();
    for (int threads : Bench.THREADS) {
      try (Backend backend = bench.ours().open(threads)) {
        List<Contender> contenders = new ArrayList<>();
        operations(backend).forEach((name, work) -> contenders.add(new Contender(name, work)));
        timings.add(bench.contest("elements", threads, contenders, bench.options().pace()));
      }
    }
    Table table = new Table("", "1T", "2T");
    double elements = (double) ROWS * WIDTH;
    for (String name : timings.getFirst().byName().keySet()) {
      List<String> row = new ArrayList<>(List.of(name));
      timings.forEach(all -> row.add(Format.number(all.median(name) / elements * 1e9)));
      table.row(row);
    }
    bench.report().table(table);
  }

  private static SequencedMap<String, Runnable> operations(Backend backend) {
    Tensor x = random(backend, ROWS, WIDTH);
    Tensor dy = random(backend, ROWS, WIDTH);
    Tensor gain = random(backend, WIDTH);
    Tensor q = random(backend, ROWS / TOKENS, TOKENS, WIDTH);
    Tensor probabilities = backend.softmax(x);
    SequencedMap<String, Runnable> operations = new LinkedHashMap<>();
    operations.put("add", () -> backend.zip(Binary.ADD, x, dy));
    for (Unary f : List.of(Unary.QUICK_GELU, Unary.GELU_TANH, Unary.GELU)) {
      operations.put(name(f), () -> backend.map(f, x));
      operations.put(name(f) + ", backwards", () -> backend.mapBackward(f, x, dy));
    }
    operations.put("layer norm", () -> backend.layerNorm(x, gain, gain, 1e-5f));
    operations.put("layer norm, backwards", () -> backend.layerNormBackward(x, gain, 1e-5f, dy));
    operations.put("soft-max", () -> backend.softmax(x));
    operations.put("soft-max, backwards", () -> backend.softmaxBackward(probabilities, dy));
    operations.put("turned round", () -> backend.permute(x, 1, 0));
    operations.put(
        "attention", () -> backend.attention(q, q, q, HEADS, AttentionMask.NONE, Dropout.NONE));
    operations.put(
        "attention, backwards",
        () -> backend.attentionBackward(q, q, q, HEADS, AttentionMask.NONE, Dropout.NONE, q));
    return operations;
  }

  private static String name(Unary f) {
    return f.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Tensor random(Backend backend, int... extents) {
    SplittableRandom random = new SplittableRandom(SEED);
    Shape shape = Shape.of(extents);
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (4 * random.nextDouble() - 2);
    }
    return Tensor.of(backend, shape, values);
  }
}
