package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.util.function.Function;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for towers of any size, on random ones.
class TowerTest {
  /// Rounding of float32 in another order; the towers below have two layers.
  private static final double TOLERANCE = 1e-5;

  private static final EncoderConfig ENCODER =
      new EncoderConfig(12, 20, 2, 3, Unary.QUICK_GELU, 1e-5f);

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void pixelsBeyondTheLastWholePatchAreNotLookedAt(Backend backend) {
    VisionTransformer odd = vision(backend, new VisionConfig(ENCODER, 11, 4));
    VisionTransformer even = vision(backend, new VisionConfig(ENCODER, 8, 4));
    Tensor pixels = Tensors.random(backend, 5, 2, 3, 11, 11);

    TowerOutput seen = odd.forward(pixels, Probe.NONE);

    Tensor cropped = pixels.slice(2, 0, 8).slice(3, 0, 8);
    assertThat(seen.lastHiddenState().shape()).hasToString("[2, 5, 12]");
    assertThat(seen.poolerOutput().shape()).hasToString("[2, 12]");
    assertClose(
        seen.lastHiddenState(),
        even.forward(cropped, Probe.NONE).lastHiddenState().toArray(),
        TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void picturesOfABatchDoNotMix(Backend backend) {
    VisionTransformer tower = vision(backend, new VisionConfig(ENCODER, 8, 4));
    Tensor pixels = Tensors.random(backend, 6, 3, 3, 8, 8);

    Tensor together = tower.forward(pixels, Probe.NONE).poolerOutput();

    for (int b = 0; b < 3; b++) {
      Tensor alone = tower.forward(pixels.leading(b, b + 1), Probe.NONE).poolerOutput();
      assertClose(together.leading(b, b + 1), alone.toArray(), TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void laterTokensDoNotChangeEarlierOnes(Backend backend) {
    TextTransformer tower = text(backend);

    Tensor first = hidden(tower, backend, 1, 2, 3, 4);
    Tensor second = hidden(tower, backend, 1, 2, 9, 8);

    assertClose(first.leading(0, 2), second.leading(0, 2).toArray(), TOLERANCE);
    assertThat(first.leading(2, 3).toArray()).isNotEqualTo(second.leading(2, 3).toArray());
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void refusesPixelsOfAnotherShape(Backend backend) {
    VisionTransformer tower = vision(backend, new VisionConfig(ENCODER, 8, 4));

    assertThatThrownBy(() -> tower.forward(Tensor.zeros(backend, 1, 3, 8, 9), Probe.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vision tower: pixels [1, 3, 8, 9], expected [B, 3, 8, 8]");
    assertThatThrownBy(() -> tower.forward(Tensor.zeros(backend, 3, 8, 8), Probe.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void refusesTextsThatAreTooLongOrOfAnotherVocabulary(Backend backend) {
    TextTransformer tower = text(backend);

    assertThatThrownBy(() -> hidden(tower, backend, 1, 2, 3, 4, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("text tower: texts of 5 tokens, the longest are 4");
    assertThatThrownBy(() -> hidden(tower, backend, 10))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aBatchRefusesTextsOfDifferentLengths() {
    assertThatThrownBy(() -> new TextBatch(new int[][] {{1, 2}, {1}}, new int[] {2, 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("text 1 has 1 tokens");
    assertThatThrownBy(() -> new TextBatch(new int[][] {{1, 2}}, new int[] {3}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of which 3 are real");
    assertThatThrownBy(() -> new TextBatch(new int[0][], new int[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Tensor hidden(TextTransformer tower, Backend backend, int... text) {
    TextBatch batch = new TextBatch(new int[][] {text}, new int[] {text.length});
    return tower
        .forward(backend, batch, Probe.NONE)
        .lastHiddenState()
        .reshape(text.length, ENCODER.width());
  }

  private static VisionTransformer vision(Backend backend, VisionConfig config) {
    return random(backend, source -> VisionTransformer.of(source, config));
  }

  private static TextTransformer text(Backend backend) {
    return random(backend, source -> TextTransformer.of(source, new TextConfig(ENCODER, 10, 4)));
  }

  private static <M> M random(Backend backend, Function<ParameterSource, M> model) {
    SeededTensors weights =
        SeededTensors.of(backend, 7, Initialisation.normal(0.3f), _ -> true, model);
    return Checkpoint.of(weights, "tower").load(backend, WeightFormat.F32, model);
  }
}
