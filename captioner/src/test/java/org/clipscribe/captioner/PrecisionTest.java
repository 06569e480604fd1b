package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the reduced formats do to embeddings, on a random model of four layers of 256.
class PrecisionTest {
  private static final BundleConfig CONFIG =
      BundleConfig.of(
          Json.parseObject(
              """
              {"clip": {"hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 4,
                        "num_attention_heads": 4, "image_size": 96, "patch_size": 16},
               "mapping": {"ep_len": 4, "num_layers": 4, "n_heads": 4, "embed_size": 256},
               "gpt2": {"n_embd": 256, "n_layer": 4, "n_head": 4, "n_positions": 64,
                        "vocab_size": 500}}
              """
                  .getBytes(StandardCharsets.UTF_8),
              "test"));

  /// Variance 1 / width: each layer then contributes as much as what it is added to, which the
  /// customary 0.02 does only at thousands of inputs.
  private static final Initialisation INITIALISATION = Initialisation.normal(1 / 16f);

  /// Embeddings and prefixes one after the other, of eight random pictures.
  private static float[][] run(String device, WeightFormat format) {
    float[] pixels = new float[8 * 3 * 96 * 96];
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    try (Backend backend = Backends.open(device, 2).backend()) {
      SeededTensors weights =
          SeededTensors.of(
              backend, 7, INITIALISATION, _ -> false, source -> CaptionModel.of(source, CONFIG));
      CaptionModel model =
          Checkpoint.of(weights, "random")
              .load(backend, format, source -> CaptionModel.of(source, CONFIG));
      float[][] seen = new float[2][];
      Probe probe =
          Probe.into(
              (name, tensor) -> {
                if (name.equals("embedding")) {
                  seen[0] = tensor.toArray();
                }
              });
      Tensor images = Tensor.of(backend, Shape.of(8, 3, 96, 96), pixels);
      Tensor prefix =
          model.reader().read(images, probe) instanceof ImageContext.Prefix(Tensor rows)
              ? rows
              : images;
      seen[1] = prefix.toArray();
      return seen;
    }
  }

  private static double leastCosine(float[] a, float[] b, int width) {
    double least = 1;
    for (int row = 0; row < a.length; row += width) {
      double product = 0;
      double squareA = 0;
      double squareB = 0;
      for (int i = row; i < row + width; i++) {
        product += (double) a[i] * b[i];
        squareA += (double) a[i] * a[i];
        squareB += (double) b[i] * b[i];
      }
      least = Math.min(least, product / Math.sqrt(squareA * squareB));
    }
    return least;
  }

  /// The promised bounds. They must also not be met by accident: a model in which nothing is
  /// rounded has a cosine of 1.
  @ParameterizedTest
  @CsvSource({"cpu, BF16, 0.9999", "cpu, INT8, 0.999", "reference, INT8, 0.999"})
  void keepsTheDirectionOfEmbeddings(String device, WeightFormat format, double bound) {
    float[][] exact = run(device, WeightFormat.F32);
    float[][] rounded = run(device, format);
    for (int stage = 0; stage < 2; stage++) {
      assertThat(leastCosine(rounded[stage], exact[stage], 256)).isBetween(bound, 1 - 1e-9);
      assertThat(Math.abs(leastCosine(exact[stage], exact[stage], 256) - 1)).isLessThan(1e-9);
    }
  }
}
