package org.clipscribe.clip;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.clipscribe.nn.Embedding;
import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// CLIP's text tower: a causal transformer, read off at the end token. Mirrors
/// `CLIPTextTransformer` in Hugging Face `modeling_clip.py`.
///
/// Stages that a probe sees: those of [Encoder] below `encoder`, `last_hidden_state`,
/// `pooler_output`.
///
/// @param tokens `[V, C]`
/// @param positions `[positions, C]`
/// @param finalNorm over all positions
public record TextTransformer(
    TextConfig config, Embedding tokens, Tensor positions, Encoder encoder, LayerNorm finalNorm) {

  /// @param source the place in a checkpoint, `text_model` in Hugging Face's
  public static TextTransformer of(ParameterSource source, TextConfig config) {
    int width = config.width();
    ParameterSource embeddings = source.at("embeddings");
    return new TextTransformer(
        config,
        Embedding.of(embeddings.at("token_embedding"), config.vocabulary(), width),
        embeddings.get("position_embedding.weight", config.positions(), width),
        Encoder.of(source.at("encoder"), config.encoder()),
        LayerNorm.of(source.at("final_layer_norm"), width, config.encoder().epsilon()));
  }

  /// Reads texts.
  ///
  /// The pooled vector is the one at the first of the largest ids, which is the end token of every
  /// published vocabulary; so padding behind it, of whatever kind, changes nothing in it.
  ///
  /// @param texts of at most the configured length
  /// @return hidden state `[B, T, C]`, normalised; pooled `[B, C]`
  /// @throws IllegalArgumentException when texts are too long
  /// @throws IndexOutOfBoundsException when an id is outside the vocabulary
  public TowerOutput forward(Backend backend, TextBatch texts, Probe probe) {
    Tensor x = embed(backend, texts);
    AttentionMask mask = new AttentionMask(true, texts.lengths());
    Tensor hidden = finalNorm.forward(encoder.forward(x, mask, probe.at("encoder")));
    probe.observe("last_hidden_state", () -> hidden);
    Tensor pooled = pool(hidden, texts);
    probe.observe("pooler_output", () -> pooled);
    return new TowerOutput(hidden, pooled);
  }

  /// From ids `[B][T]` to `[B, T, C]`.
  private Tensor embed(Backend backend, TextBatch texts) {
    if (texts.length() > config.positions()) {
      throw new IllegalArgumentException(
          "text tower: texts of %d tokens, the longest are %d"
              .formatted(texts.length(), config.positions()));
    }
    int[] ids = Arrays.stream(texts.tokens()).flatMapToInt(Arrays::stream).toArray();
    return tokens
        .forward(backend, ids)
        .reshape(texts.size(), texts.length(), config.width())
        .plus(positions.leading(0, texts.length()));
  }

  /// From `[B, T, C]` to `[B, C]`.
  private Tensor pool(Tensor hidden, TextBatch texts) {
    Tensor flat = hidden.reshape(-1, config.width());
    Tensor[] ends =
        IntStream.range(0, texts.size())
            .map(b -> b * texts.length() + firstLargest(texts.tokens()[b]))
            .mapToObj(row -> flat.leading(row, row + 1))
            .toArray(Tensor[]::new);
    return Tensor.concatenate(0, ends[0], Arrays.copyOfRange(ends, 1, ends.length));
  }

  private static int firstLargest(int[] ids) {
    int best = 0;
    for (int i = 1; i < ids.length; i++) {
      best = ids[i] > ids[best] ? i : best;
    }
    return best;
  }
}
