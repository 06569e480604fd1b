package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.gpt2.decoding.Generated;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A GPT that was really trained, to sort three letters, with every activation of its first block
/// as llm-viz stored it and those of Hugging Face.
class GptNanoSortTest {
  private static final int BATCH = 3;
  private static final int TOKENS = 11;
  private static final int HEADS = 3;

  private final Golden golden = new Golden("gpt-nano-sort");

  /// The head stands beside `transformer`, not below it.
  private Gpt2 model(Backend backend) {
    return golden.model(
        backend, (source, config) -> Gpt2.of(source.at("transformer"), source, config));
  }

  private static Tensor embed(Gpt2 model, Backend backend, int[] tokens, int batch) {
    int length = tokens.length / batch;
    return model
        .embed(backend, tokens)
        .reshape(batch, length, -1)
        .plus(model.positions(backend, 0, length));
  }

  /// `[B, T, C]` to `[B, H, T, D]`.
  private static Tensor heads(Tensor x) {
    return x.reshape(BATCH, TOKENS, HEADS, -1).permute(0, 2, 1, 3);
  }

  @AfterEach
  void close() {
    golden.close();
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void followsEveryStageOfTheVisualisation(Backend backend) {
    Gpt2 model = model(backend);
    int[] tokens = golden.tokens("partials.idx");
    golden.assertTensor(
        model.embed(backend, tokens).reshape(BATCH, TOKENS, -1), "partials.tok_emb");
    golden.assertTensor(
        model.positions(backend, 0, TOKENS).reshape(1, TOKENS, -1), "partials.pos_emb");

    Tensor hidden = model.forward(embed(model, backend, tokens, BATCH), golden.watched());

    golden.assertStage("hidden.0", "partials.x");
    golden.assertStage("h.0.ln_1", "partials.ln1");
    Tensor q = golden.stage("h.0.attn.q");
    Tensor k = golden.stage("h.0.attn.k");
    Tensor v = golden.stage("h.0.attn.v");
    golden.assertTensor(Tensor.concatenate(-1, q, k, v), "partials.qkv");
    golden.assertTensor(heads(q), "partials.q");
    golden.assertTensor(heads(k), "partials.k");
    golden.assertTensor(heads(v), "partials.v");
    golden.assertTensor(scores(backend, q, k), "partials.att");
    golden.assertStage("h.0.attn.probabilities", "partials.attSm");
    golden.assertStage("h.0.attn.mixed", "partials.y");
    golden.assertStage("h.0.attn.output", "partials.yProj");
    golden.assertStage("h.0.middle", "partials.attnResid");
    golden.assertStage("h.0.ln_2", "partials.ln2");
    golden.assertStage("h.0.mlp.c_fc", "partials.fc");
    golden.assertStage("h.0.mlp.act", "partials.gelu");
    golden.assertStage("h.0.mlp.output", "partials.mlp");
    golden.assertStage("h.0.output", "partials.mlpResid");
    for (int block = 0; block < 3; block++) {
      golden.assertStage("h." + block + ".output", "partials.block" + block);
    }
    golden.assertTensor(hidden, "partials.ln_f");
    golden.assertTensor(model.logits(hidden), "partials.lm_head");
    golden.assertTensor(model.logits(hidden).softmax(), "partials.probs");
  }

  /// The masked scores, which the fused attention never has in memory.
  private static Tensor scores(Backend backend, Tensor q, Tensor k) {
    Tensor keys = heads(k);
    float scale = (float) (1 / Math.sqrt(keys.shape().last()));
    return backend.mask(heads(q).matmulTransposed(keys).times(scale), AttentionMask.CAUSAL);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void agreesWithHuggingFace(Backend backend) {
    Gpt2 model = model(backend);
    Tensor hidden =
        model.forward(embed(model, backend, golden.tokens("hf.input_ids"), 4), golden.watched());
    for (int layer = 0; layer < 3; layer++) {
      golden.assertStage("hidden." + layer, "hf.hidden." + layer);
      golden.assertStage("h." + layer + ".attn.probabilities", "hf.attention." + layer);
    }
    golden.assertTensor(hidden, "hf.hidden.3");
    golden.assertTensor(model.logits(hidden), "hf.logits");
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void sortsSixLetters(Backend backend) {
    TextGenerator generator = new TextGenerator(model(backend), backend);
    List<@Nullable Object> rows = golden.json("greedy.json").list("rows");
    assertThat(rows).hasSize(60);
    for (Object row : rows) {
      Map<?, ?> letters = (Map<?, ?>) Objects.requireNonNull(row);
      Generated sorted =
          generator
              .generate(ints(letters.get("input")), Decoding.greedy(6), Ending.at())
              .getFirst();
      assertThat(sorted.tokens().stream().mapToInt(token -> token).toArray())
          .as("%s", letters.get("input"))
          .isEqualTo(ints(letters.get("output")));
    }
  }

  static int[] ints(@Nullable Object list) {
    return ((List<?>) Objects.requireNonNull(list))
        .stream().mapToInt(value -> ((Long) value).intValue()).toArray();
  }
}
