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

/// The mapping network of clip-gpt-captioning. Mirrors `Mapping` of its `model.py`: PyTorch's
/// `nn.TransformerEncoder` over a sequence of one token, the image embedding, and a linear layer
/// whose output is cut into `prefixLength` rows.
///
/// Differs: a batch is a batch of sequences here; the original, while training, takes it for one
/// long sequence, which [#forwardAcross] does.
///
/// @param layers in order
/// @param mapper `[width]` to `[prefixLength * width]`
/// @param prefixLength `P`
public record EncoderMapping(List<Layer> layers, Linear mapper, int prefixLength)
    implements MappingNetwork {

  public static EncoderMapping of(ParameterSource source, MappingConfig.Encoder config) {
    ParameterSource encoder = source.at("transformer_encoder").at("layers");
    return new EncoderMapping(
        IntStream.range(0, config.layers()).mapToObj(i -> Layer.of(encoder.at(i), config)).toList(),
        Linear.of(source.at("mapper"), config.width(), config.prefixLength() * config.width()),
        config.prefixLength());
  }

  /// @param dropout of attention probabilities and of what PyTorch's `dropout`, `dropout1` and
  ///     `dropout2` apply to
  @Override
  public Tensor forward(Tensor embeddings, Probe probe, Dropout dropout) {
    int batch = embeddings.shape().extent(0);
    return map(embeddings.reshape(batch, 1, embeddings.shape().last()), probe, dropout);
  }

  /// As the original trains: the embeddings of a batch are the tokens of one sequence and attend to
  /// each other.
  ///
  /// @param embeddings `[B, C]`
  /// @return prefixes `[B, P, C]`
  public Tensor forwardAcross(Tensor embeddings, Dropout dropout) {
    return map(embeddings.reshape(1, embeddings.shape().extent(0), -1), Probe.NONE, dropout);
  }

  /// From sequences `[S, T, C]` to a prefix for each of their tokens, `[S * T, P, C]`.
  private Tensor map(Tensor sequences, Probe probe, Dropout dropout) {
    Tensor x = sequences;
    for (int i = 0; i < layers.size(); i++) {
      x = layers.get(i).forward(x, dropout.at(i));
      Tensor hidden = x;
      probe.at("layers").observe(Integer.toString(i), () -> hidden);
    }
    Tensor prefix = mapper.forward(x).reshape(-1, prefixLength, x.shape().last());
    probe.observe("prefix", () -> prefix);
    return prefix;
  }

  /// One post-norm encoder layer. Mirrors PyTorch's `nn.TransformerEncoderLayer` with
  /// `norm_first=False`.
  ///
  /// @param input queries, keys and values in one matrix `[3C, C]`
  /// @param output `[C, C]`
  public record Layer(
      Linear input,
      Linear output,
      LayerNorm norm1,
      Linear linear1,
      Linear linear2,
      LayerNorm norm2,
      int heads) {

    static Layer of(ParameterSource source, MappingConfig.Encoder config) {
      int width = config.width();
      int inner = width * config.expansion();
      ParameterSource attention = source.at("self_attn");
      return new Layer(
          new Linear(
              attention.linear("in_proj_weight", 3 * width, width),
              attention.get("in_proj_bias", 3 * width)),
          Linear.of(attention.at("out_proj"), width, width),
          LayerNorm.of(source.at("norm1"), width, config.layerNormEpsilon()),
          Linear.of(source.at("linear1"), width, inner),
          Linear.of(source.at("linear2"), inner, width),
          LayerNorm.of(source.at("norm2"), width, config.layerNormEpsilon()),
          config.heads());
    }

    /// @param x `[B, T, C]`
    /// @return `[B, T, C]`
    Tensor forward(Tensor x, Dropout dropout) {
      List<Tensor> qkv = input.forward(x).split(-1, 3);
      Tensor mixed =
          qkv.get(0)
              .attention(
                  qkv.get(1), qkv.get(2), heads, AttentionMask.NONE, dropout.at("self_attn"));
      x = norm1.forward(add(output, mixed, x, dropout.at("dropout1")));
      Tensor inner = linear1.forward(x, Unary.RELU).dropout(dropout.at("dropout"));
      return norm2.forward(add(linear2, inner, x, dropout.at("dropout2")));
    }

    /// The layer's result, some of it dropped, plus the residual.
    private static Tensor add(Linear layer, Tensor x, Tensor residual, Dropout dropout) {
      return dropout.isNone()
          ? layer.forward(x, residual)
          : layer.forward(x).dropout(dropout).plus(residual);
    }
  }
}
