package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.util.Arrays;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A random GPT-2 against Hugging Face: all positions at once, and one by one over a cache.
class Gpt2TinyTest {
  private static final int BATCH = 3;
  private static final int TOKENS = 13;
  private static final int LAYERS = 3;

  private final Golden golden = new Golden("gpt2-tiny");

  private Gpt2 model(Backend backend) {
    return golden.model(backend, (source, config) -> Gpt2.of(source.at("transformer"), config));
  }

  private static Tensor embed(Gpt2 model, Backend backend, int from, int... tokens) {
    return model.embed(backend, tokens).plus(model.positions(backend, from, tokens.length));
  }

  private Tensor batch(Gpt2 model, Backend backend) {
    return model
        .embed(backend, golden.tokens("input_ids"))
        .reshape(BATCH, TOKENS, -1)
        .plus(model.positions(backend, 0, TOKENS));
  }

  /// Asserts rows of a stage `[.., rows, width]` where the attention mask is 1. Padding is at the
  /// end, where no real position looks, so the model needs no mask for it.
  private void assertRealRows(Tensor actual, String name) {
    assertThat(actual.shape()).isEqualTo(golden.shape(name));
    int[] mask = golden.tokens("attention_mask");
    int width = actual.shape().last();
    int copies = actual.shape().rows() / mask.length; // heads, or 1
    float[] values = actual.toArray();
    float[] expected = golden.floats(name);
    int compared = 0;
    for (int row = 0; row < actual.shape().rows(); row++) {
      int sequence = row / (copies * TOKENS);
      if (mask[sequence * TOKENS + row % TOKENS] == 1) {
        assertClose(part(values, row, width), part(expected, row, width), Golden.TOLERANCE);
        compared++;
      }
    }
    assertThat(compared).isEqualTo(27 * copies);
  }

  private static float[] part(float[] values, int row, int width) {
    return Arrays.copyOfRange(values, row * width, (row + 1) * width);
  }

  @AfterEach
  void close() {
    golden.close();
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void agreesWithHuggingFaceInEveryStage(Backend backend) {
    Gpt2 model = model(backend);
    Tensor logits = model.logits(model.forward(batch(model, backend), golden.watched()));
    for (int i = 0; i <= LAYERS; i++) {
      assertRealRows(golden.stage("hidden." + i), "hidden." + i);
    }
    assertRealRows(golden.stage("h.0.attn.probabilities"), "attention.0");
    assertRealRows(logits, "logits");
    golden.assertTensor(logits, "logits_no_mask");
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void givesTheSameForABatchAndForEachOfItsSequences(Backend backend) {
    Gpt2 model = model(backend);
    Tensor batch = batch(model, backend);
    float[] together = model.forward(batch, Pass.PLAIN).toArray();
    for (int i = 0; i < BATCH; i++) {
      Tensor alone = model.forward(batch.leading(i, i + 1).reshape(TOKENS, -1), Pass.PLAIN);
      int size = alone.shape().size();
      // The same arithmetic, but a kernel may treat the rows of a larger batch in another grouping.
      assertClose(alone, Arrays.copyOfRange(together, i * size, (i + 1) * size), 1e-6);
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void givesTheSameLogitsStepByStepOverACache(Backend backend) {
    Gpt2 model = model(backend);
    int start = 5; // tokens of each prompt
    for (int prompt = 0; prompt < 3; prompt++) {
      int[] sequence = golden.tokens("kv." + prompt + ".sequence");
      KvCache cache = model.newCache(backend, sequence.length);
      Tensor hidden =
          model.forward(embed(model, backend, 0, Arrays.copyOf(sequence, start)), Pass.over(cache));
      Tensor[] steps = new Tensor[sequence.length - start + 1];
      steps[0] = model.logits(hidden.leading(start - 1, start));
      for (int i = start; i < sequence.length; i++) {
        assertThat(cache.size()).isEqualTo(i);
        hidden = model.forward(embed(model, backend, i, sequence[i]), Pass.over(cache));
        steps[i - start + 1] = model.logits(hidden);
      }
      golden.assertTensor(
          Tensor.concatenate(0, steps[0], Arrays.copyOfRange(steps, 1, steps.length)),
          "kv." + prompt + ".step_logits");
      if (prompt == 0) {
        assertCache(cache);
      }
    }
  }

  private void assertCache(KvCache cache) {
    for (int layer = 0; layer < LAYERS; layer++) {
      golden.assertTensor(heads(cache.layer(layer).keys()), "kv.0.past." + layer + ".key");
      golden.assertTensor(heads(cache.layer(layer).values()), "kv.0.past." + layer + ".value");
    }
  }

  /// `[T, C]` to `[1, H, T, D]`.
  private static Tensor heads(Tensor x) {
    return x.reshape(1, x.shape().extent(0), 4, -1).permute(0, 2, 1, 3);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void givesTheSameWhateverPartsASequenceIsFedIn(Backend backend) {
    Gpt2 model = model(backend);
    int[] tokens = golden.tokens("kv.1.sequence");
    float[] whole = model.forward(embed(model, backend, 0, tokens), Pass.PLAIN).toArray();
    KvCache cache = model.newCache(backend, tokens.length);
    int width = model.config().width();
    for (int[] part : new int[][] {{0, 1}, {1, 8}, {8, 10}, {10, 26}}) {
      int[] some = Arrays.copyOfRange(tokens, part[0], part[1]);
      Tensor hidden = model.forward(embed(model, backend, part[0], some), Pass.over(cache));
      assertClose(
          hidden, Arrays.copyOfRange(whole, part[0] * width, part[1] * width), Golden.TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void refusesWhatItCannotEmbedOrRemember(Backend backend) {
    Gpt2 model = model(backend);
    assertThatThrownBy(() -> model.embed(backend, 320))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> model.embed(backend, -1))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> model.positions(backend, 60, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    KvCache cache = model.newCache(backend, 2);
    assertThatThrownBy(() -> model.forward(embed(model, backend, 0, 1, 2, 3), Pass.over(cache)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 of 2 rows");
    assertThatThrownBy(() -> model.forward(batch(model, backend), Pass.over(cache)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[3, 13, 48] with a cache for [1, T, 48]");
  }
}
