package org.clipscribe.bench.section;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Captioners;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.KvCache;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// What the reduced formats change: pictures' vectors and next tokens against those of fp32.
public final class PrecisionSection implements Section {
  private static final int PICTURES = 16;
  private static final int TEXTS = 16;
  private static final int TOKENS = 40;
  private static final long SEED = 7;

  @Override
  public String name() {
    return "precision";
  }

  /// What a model of some format computes.
  ///
  /// @param vectors of each picture
  /// @param tokens the most probable one after each token of each text
  private record Answers(float[][] vectors, int[] tokens) {}

  @Override
  public void run(Bench bench) throws IOException {
    bench.report().heading("Precision");
    bench
        .report()
        .paragraph(
            """
            Random weights of size S, each format against fp32: the cosine of ViT-B/32's vectors of \
            %d random pictures, and how often GPT-2 124M has the same most probable next token, %d \
            random texts of %d tokens read from the given tokens. Random weights are the hard case: \
            no token stands out from the others as it does in a trained model."""
                .formatted(PICTURES, TEXTS, TOKENS));
    Answers exact = answers(bench, WeightFormat.F32);
    Table table = new Table("weights", "smallest cosine", "mean cosine", "same token");
    for (WeightFormat format : new WeightFormat[] {WeightFormat.BF16, WeightFormat.INT8}) {
      Answers rounded = answers(bench, format);
      double least = 1;
      double sum = 0;
      for (int i = 0; i < PICTURES; i++) {
        double cosine = cosine(exact.vectors[i], rounded.vectors[i]);
        least = Math.min(least, cosine);
        sum += cosine;
      }
      int same = 0;
      for (int i = 0; i < exact.tokens.length; i++) {
        same += exact.tokens[i] == rounded.tokens[i] ? 1 : 0;
      }
      table.row(
          format.toString(),
          String.format(Locale.ROOT, "%.6f", least),
          String.format(Locale.ROOT, "%.6f", sum / PICTURES),
          Format.percent((double) same / exact.tokens.length));
    }
    bench.report().table(table);
  }

  private static Answers answers(Bench bench, WeightFormat format) throws IOException {
    try (Backend backend = bench.ours().open(2)) {
      Path bundle = Captioners.bundle(backend);
      try (SafetensorsFile weights = SafetensorsFile.open(Captioners.weights(bundle))) {
        CaptionModel model =
            Checkpoint.of(weights, "captioner of size S")
                .load(backend, format, source -> CaptionModel.of(source, Captioners.S));
        SplittableRandom random = new SplittableRandom(SEED);
        float[][] vectors = new float[PICTURES][];
        for (int i = 0; i < PICTURES; i++) {
          vectors[i] = vector(model, backend, random.nextLong());
        }
        int[] tokens = new int[TEXTS * TOKENS];
        for (int i = 0; i < TEXTS; i++) {
          int[] text = random.ints(TOKENS, 0, Captioners.GPT2.vocabulary()).toArray();
          System.arraycopy(next(model.gpt2(), backend, text), 0, tokens, i * TOKENS, TOKENS);
        }
        return new Answers(vectors, tokens);
      }
    }
  }

  private static float[] vector(CaptionModel model, Backend backend, long seed) {
    int side = Captioners.S.vision().imageSize();
    Tensor pixels = Tensor.of(backend, Shape.of(1, 3, side, side), Captioners.pixels(seed));
    return model.reader().vision().forward(pixels, Probe.NONE).poolerOutput().toArray();
  }

  private static int[] next(Gpt2 model, Backend backend, int[] text) {
    KvCache cache = model.newCache(backend, text.length);
    Tensor positions = model.positions(backend, 0, text.length);
    Tensor hidden = model.forward(model.embed(backend, text).plus(positions), Pass.over(cache));
    float[] logits = model.logits(hidden).toArray();
    int[] tokens = new int[text.length];
    int words = Captioners.GPT2.vocabulary();
    for (int i = 0; i < logits.length; i++) {
      int row = i / words;
      if (logits[i] > logits[row * words + tokens[row]]) {
        tokens[row] = i % words;
      }
    }
    return tokens;
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double aSquares = 0;
    double bSquares = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      aSquares += (double) a[i] * a[i];
      bSquares += (double) b[i] * b[i];
    }
    return product / Math.sqrt(aSquares * bSquares);
  }
}
