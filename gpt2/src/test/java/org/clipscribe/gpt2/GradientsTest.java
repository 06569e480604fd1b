package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Checkpoint.Loaded;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.training.Trainables;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.DoubleBackend;
import org.clipscribe.tensor.testkit.GradientCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients of the whole decoder: against PyTorch's, and against finite differences.
class GradientsTest {
  private static final int BATCH = 3;
  private static final int TOKENS = 13;

  /// Relative to the largest element of each gradient, as issue 4 promises. 1.4e-6 is seen, in
  /// double precision as well: PyTorch computed in float.
  private static final double TOLERANCE = 1e-4;

  private final Golden golden = new Golden("gpt2-tiny");
  private final SafetensorsFile gradients = golden.open("gradients.safetensors");

  @AfterEach
  void close() {
    gradients.close();
    golden.close();
  }

  private Loaded<Gpt2> load(Backend backend) {
    Gpt2Config config = Gpt2Config.of(golden.json("config.json"));
    try (SafetensorsFile file = golden.weights()) {
      return Checkpoint.of(file, config.toString())
          .loadNamed(
              backend, WeightFormat.F32, source -> Gpt2.of(source.at("transformer"), config));
    }
  }

  /// Each position predicts the next label.
  private static int[] shifted(int[] labels) {
    return IntStream.range(0, labels.length)
        .map(i -> i % TOKENS == TOKENS - 1 ? Tensor.IGNORED : labels[i + 1])
        .toArray();
  }

  private Tensor loss(Gpt2 model, Backend backend, int @Nullable [] lengths, int[] labels) {
    Tensor embedded =
        model
            .embed(backend, golden.tokens("input_ids"))
            .reshape(BATCH, TOKENS, -1)
            .plus(model.positions(backend, 0, TOKENS));
    Tensor hidden = model.forward(embedded, Pass.training(lengths, Dropout.NONE));
    return hidden.linearCrossEntropy(model.wte().table(), shifted(labels));
  }

  private int[] lengths() {
    int[] mask = golden.tokens("attention_mask");
    return IntStream.range(0, BATCH)
        .map(i -> Arrays.stream(mask, i * TOKENS, (i + 1) * TOKENS).sum())
        .toArray();
  }

  private int[] labels() {
    return Arrays.stream(gradients.longs("labels")).mapToInt(Math::toIntExact).toArray();
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#allAndDouble")
  void lossAndEveryGradientAreThoseOfPyTorch(Backend backend) {
    Loaded<Gpt2> loaded = load(backend);
    Trainables all = Trainables.of(backend, loaded.parameters(), _ -> true);
    try (ValueAndGradients result =
        Autograd.valueAndGradients(
            all.leaves(), () -> loss(loaded.model(), backend, lengths(), labels()))) {
      // Relative: a rounding or two of 7.
      assertThat(result.loss()).isCloseTo(gradients.floats("loss")[0], within(2e-6f));
      NamedTensors found = all.gradients(result.gradients());
      Set<String> expected =
          gradients.names().stream()
              .filter(name -> name.startsWith("grad."))
              .map(name -> name.substring("grad.".length()))
              .collect(Collectors.toSet());
      assertThat(found.names()).isEqualTo(expected).hasSize(40);
      for (String name : expected) {
        assertGradient(name, found.floats(name), gradients.floats("grad." + name));
      }
      assertThat(Math.sqrt(result.gradients().sumOfSquares()))
          .isCloseTo(gradients.floats("grad_norm")[0], within(1e-5));
    }
  }

  private static void assertGradient(String name, float[] actual, float[] expected) {
    double largest = 0;
    for (float slope : expected) {
      largest = Math.max(largest, Math.abs(slope));
    }
    try {
      assertClose(actual, expected, TOLERANCE * largest, 0);
    } catch (AssertionError e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#allAndDouble")
  void lossWithoutAMaskIsThatOfPyTorch(Backend backend) {
    Tensor loss = loss(load(backend).model(), backend, null, golden.tokens("input_ids"));
    assertThat(loss.toArray()[0]).isCloseTo(gradients.floats("loss_no_mask")[0], within(2e-6f));
  }

  /// Two layers of a size at which every element can be tried.
  private static Loaded<Gpt2> small(Backend backend) {
    Gpt2Config config = new Gpt2Config(11, 8, 6, 2, 2, 10, Unary.GELU_TANH, 1e-5f, true);
    // Large weights, so that attention and activations are far from linear.
    SeededTensors weights =
        SeededTensors.of(
            backend, 3, Initialisation.normal(0.6f), _ -> false, s -> Gpt2.of(s, config));
    return Checkpoint.of(weights, "GPT-2")
        .loadNamed(backend, WeightFormat.F32, source -> Gpt2.of(source, config));
  }

  private static Tensor smallLoss(Gpt2 model, Backend backend, Pass pass) {
    Tensor embedded =
        model
            .embed(backend, 1, 2, 3, 4, 5, 6, 2, 2, 9, 10)
            .reshape(2, 5, -1)
            .plus(model.positions(backend, 0, 5));
    int none = Tensor.IGNORED;
    return model
        .forward(embedded, pass)
        .linearCrossEntropy(model.wte().table(), none, 3, 4, 5, 0, 2, 2, none, none, 7);
  }

  @Test
  void blocksAndTiedHeadAgreeWithFiniteDifferences() {
    DoubleBackend backend = new DoubleBackend();
    Loaded<Gpt2> loaded = small(backend);
    Leaves leaves = Trainables.of(backend, loaded.parameters(), _ -> true).leaves();
    Pass pass = Pass.training(new int[] {5, 3}, Dropout.NONE);
    GradientCheck.check(leaves, () -> smallLoss(loaded.model(), backend, pass));
  }

  @Test
  void soTheyDoWithDropout() {
    DoubleBackend backend = new DoubleBackend();
    Loaded<Gpt2> loaded = small(backend);
    Leaves leaves = Trainables.of(backend, loaded.parameters(), _ -> true).leaves();
    Pass pass = Pass.training(null, new Dropout(0.3f, 5));
    assertThat(smallLoss(loaded.model(), backend, pass).toArray())
        .isNotEqualTo(smallLoss(loaded.model(), backend, Pass.PLAIN).toArray());
    GradientCheck.check(leaves, () -> smallLoss(loaded.model(), backend, pass));
  }

  @Test
  void frozenLayersGetNoGradientsAndHandThemOn() {
    DoubleBackend backend = new DoubleBackend();
    Loaded<Gpt2> loaded = small(backend);
    Trainables some = Trainables.of(backend, loaded.parameters(), name -> !name.startsWith("h.1."));
    Pass pass = Pass.training(null, Dropout.NONE);
    GradientCheck.check(some.leaves(), () -> smallLoss(loaded.model(), backend, pass));
    List<String> trained = some.names();
    assertThat(trained).contains("h.0.mlp.c_fc.weight").doesNotContain("h.1.mlp.c_fc.weight");
  }
}
