package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;

import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Checkpoint.Loaded;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.DoubleBackend;
import org.clipscribe.tensor.testkit.GradientCheck;
import org.clipscribe.tensor.testkit.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Both towers and the contrastive loss against finite differences in double precision.
class GradientsTest {
  private static Loaded<ClipModel> model(Backend backend, Unary activation) {
    EncoderConfig encoder = new EncoderConfig(6, 10, 2, 2, activation, 1e-5f);
    ClipConfig config =
        new ClipConfig(new VisionConfig(encoder, 4, 2), new TextConfig(encoder, 9, 5), 4);
    SeededTensors weights =
        SeededTensors.of(
            backend, 5, Initialisation.normal(0.6f), _ -> false, s -> ClipModel.of(s, config));
    return Checkpoint.of(weights, "CLIP")
        .loadNamed(backend, WeightFormat.F32, source -> ClipModel.of(source, config));
  }

  /// Radford et al., 2021, figure 3: each picture finds its text, and each text its picture.
  private static Tensor loss(ClipModel model, Backend backend) {
    Tensor pixels = Tensors.random(backend, 1, 3, 3, 4, 4);
    int[][] tokens = {{1, 2, 3, 8, 0}, {4, 8, 0, 0, 0}, {5, 6, 7, 3, 8}};
    TextBatch texts = new TextBatch(tokens, new int[] {4, 2, 5});
    return model
        .loss(
            model.imageEmbeddings(pixels, Probe.NONE),
            model.textEmbeddings(backend, texts, Probe.NONE))
        .total();
  }

  @ParameterizedTest
  @EnumSource(
      names = {"QUICK_GELU", "GELU"},
      mode = Mode.INCLUDE)
  void contrastiveLossAgreesWithFiniteDifferencesInEveryParameter(Unary activation) {
    DoubleBackend backend = new DoubleBackend();
    Loaded<ClipModel> loaded = model(backend, activation);
    Trainables all = Trainables.of(backend, loaded.parameters(), _ -> true);
    assertThat(all.names()).contains("logit_scale", "vision_model.embeddings.class_embedding");
    GradientCheck.check(all.leaves(), () -> loss(loaded.model(), backend));
  }

  @Test
  void everyParameterHasAGradient() {
    DoubleBackend backend = new DoubleBackend();
    Loaded<ClipModel> loaded = model(backend, Unary.QUICK_GELU);
    Trainables all = Trainables.of(backend, loaded.parameters(), _ -> true);
    try (ValueAndGradients result =
        Autograd.valueAndGradients(all.leaves(), () -> loss(loaded.model(), backend))) {
      assertThat(all.gradients(result.gradients()).names()).containsExactlyElementsOf(all.names());
    }
  }
}
