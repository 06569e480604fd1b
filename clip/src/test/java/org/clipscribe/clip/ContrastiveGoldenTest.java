package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.clipscribe.clip.ClipModel.ContrastiveLoss;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The contrastive loss through both towers and its gradient in every parameter, against PyTorch
/// (`clip-tiny/contrastive_golden.py`), on every back-end.
class ContrastiveGoldenTest {
  /// The script keeps every so-manieth element of a gradient.
  private static final int STRIDE = 7;

  /// The promise, relative to the largest element of a gradient: both sides round to float in each
  /// of some ten operations a layer, forwards and backwards.
  private static final double TOLERANCE = 1e-4;

  /// Gradients of the keys' biases are zero but for rounding, since soft-max does not see what all
  /// keys have in common: they are compared with this share of the largest element of all.
  private static final double NOTHING = 1e-3;

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void lossesAndEveryGradientAreThoseOfPyTorch(Backend backend) {
    ClipConfig config =
        ClipConfig.of(Json.readObject(ClipGoldenTest.resource("gelu", "config.json")));
    try (SafetensorsFile weights = ClipGoldenTest.open("gelu", "model.safetensors");
        SafetensorsFile inputs = ClipGoldenTest.open("gelu", "expected.safetensors");
        SafetensorsFile golden = ClipGoldenTest.open("gelu", "contrastive.safetensors")) {
      Checkpoint.Loaded<ClipModel> loaded =
          Checkpoint.of(weights, "CLIP")
              .loadNamed(backend, WeightFormat.F32, source -> ClipModel.of(source, config));
      Trainables all = Trainables.of(backend, loaded.parameters(), _ -> true);
      ContrastiveLoss[] losses = new ContrastiveLoss[1];

      try (ValueAndGradients result =
          Autograd.valueAndGradients(
              all.leaves(),
              () -> {
                losses[0] = losses(loaded.model(), backend, inputs);
                return losses[0].total();
              })) {
        float[] expected = golden.floats("losses");
        assertThat(losses[0].imageToText().toArray()[0]).isCloseTo(expected[0], within(1e-5f));
        assertThat(losses[0].textToImage().toArray()[0]).isCloseTo(expected[1], within(1e-5f));
        assertThat(all.names()).hasSameElementsAs(weights.names());
        NamedTensors gradients = all.gradients(result.gradients());
        float largest = largest(all, golden);
        all.names().forEach(name -> check(name, gradients.floats(name), golden, largest));
      }
    }
  }

  /// The picture of the file, its mirror image and its negative, each with one of the texts.
  private static ContrastiveLoss losses(ClipModel model, Backend backend, SafetensorsFile inputs) {
    float[] picture = inputs.floats("pixel_values");
    int side = model.vision().config().imageSize();
    float[] pixels = Arrays.copyOf(picture, 3 * picture.length);
    for (int i = 0; i < picture.length; i++) {
      pixels[picture.length + i] = picture[i / side * side + side - 1 - i % side];
      pixels[2 * picture.length + i] = -picture[i];
    }
    Tensor images = Tensor.of(backend, Shape.of(3, 3, side, side), pixels);
    return model.loss(
        model.imageEmbeddings(images, Probe.NONE),
        model.textEmbeddings(backend, ClipGoldenTest.texts(inputs), Probe.NONE));
  }

  private static float largest(Trainables all, SafetensorsFile golden) {
    return (float)
        all.names().stream()
            .mapToDouble(name -> largest(golden.floats("sample." + name)))
            .max()
            .orElseThrow();
  }

  private static double largest(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElse(0);
  }

  private static void check(String name, float[] actual, SafetensorsFile golden, float most) {
    float[] sample = golden.floats("sample." + name);
    double scale = Math.max(largest(sample), NOTHING * most);
    assertThat(Math.ceilDiv(actual.length, STRIDE)).as(name).isEqualTo(sample.length);
    for (int i = 0; i < sample.length; i++) {
      assertThat((double) actual[i * STRIDE])
          .as(name + "[" + i * STRIDE + "]")
          .isCloseTo(sample[i], within(TOLERANCE * scale));
    }
    double squares =
        IntStream.range(0, actual.length).mapToDouble(i -> (double) actual[i] * actual[i]).sum();
    double norm = golden.floats("norm." + name)[0];
    assertThat(Math.sqrt(squares))
        .as(name)
        .isCloseTo(norm, within(TOLERANCE * Math.max(norm, scale)));
  }
}
