package org.clipscribe.captioner;

import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;

/// ClipCap's mapping network for a decoder that stays as it was: the embedding becomes several
/// tokens, learned ones stand behind them, and what a transformer makes of the latter is the
/// prefix. Mirrors `TransformerMapper` of ClipCap's `train.py`; checkpoint names are those below
/// `clip_project`.
///
/// Stages that a probe sees: `input`, `layers.i`, `prefix`.
///
/// @param linear from the embedding to `[clipLength * C]`
/// @param learned `prefix_const [P, C]`
public record TransformerMapping(Linear linear, Tensor learned, List<Layer> layers)
    implements MappingNetwork {

  static TransformerMapping of(ParameterSource source, MappingConfig.Transformer config) {
    int width = config.width();
    ParameterSource encoder = source.at("transformer").at("layers");
    return new TransformerMapping(
        Linear.of(source.at("linear"), config.inputs(), config.clipLength() * width),
        source.get("prefix_const", config.prefixLength(), width),
        IntStream.range(0, config.layers())
            .mapToObj(i -> Layer.of(encoder.at(i), config))
            .toList());
  }

  @Override
  public int prefixLength() {
    return learned.shape().extent(0);
  }

  /// @param dropout not used: ClipCap has none here
  @Override
  public Tensor forward(Tensor embeddings, Probe probe, Dropout dropout) {
    int batch = embeddings.shape().extent(0);
    int prefixLength = prefixLength();
    int width = learned.shape().last();
    Tensor tokens = linear.forward(embeddings).reshape(batch, -1, width);
    Tensor asked = Tensor.zeros(embeddings.backend(), batch, prefixLength, width).plus(learned);
    Tensor x = Tensor.concatenate(1, tokens, asked);
    see(probe, "input", x);
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).forward(x);
      see(probe.at("layers"), Integer.toString(i), x);
    }
    int length = x.shape().extent(1);
    Tensor prefix = x.slice(1, length - prefixLength, length);
    see(probe, "prefix", prefix);
    return prefix;
  }

  private static void see(Probe probe, String name, Tensor stage) {
    probe.observe(name, () -> stage);
  }

  /// One pre-norm layer. Mirrors `TransformerLayer` there; queries, keys and values have no bias.
  ///
  /// @param keysValues keys and values in one matrix `[2C, C]`
  public record Layer(
      LayerNorm norm1,
      Linear queries,
      Linear keysValues,
      Linear project,
      LayerNorm norm2,
      Linear fc1,
      Linear fc2,
      int heads) {

    static Layer of(ParameterSource source, MappingConfig.Transformer config) {
      int width = config.width();
      ParameterSource attention = source.at("attn");
      ParameterSource mlp = source.at("mlp");
      return new Layer(
          LayerNorm.of(source.at("norm1"), width, config.layerNormEpsilon()),
          Linear.withoutBias(attention.at("to_queries"), width, width),
          Linear.withoutBias(attention.at("to_keys_values"), width, 2 * width),
          Linear.of(attention.at("project"), width, width),
          LayerNorm.of(source.at("norm2"), width, config.layerNormEpsilon()),
          Linear.of(mlp.at("fc1"), width, config.inner()),
          Linear.of(mlp.at("fc2"), config.inner(), width),
          config.heads());
    }

    /// @param x `[B, T, C]`
    /// @return `[B, T, C]`
    Tensor forward(Tensor x) {
      Tensor normed = norm1.forward(x);
      List<Tensor> kv = keysValues.forward(normed).split(-1, 2);
      Tensor mixed =
          queries.forward(normed).attention(kv.get(0), kv.get(1), heads, AttentionMask.NONE);
      Tensor middle = project.forward(mixed, x);
      return fc2.forward(fc1.forward(norm2.forward(middle), Unary.RELU), middle);
    }
  }
}
