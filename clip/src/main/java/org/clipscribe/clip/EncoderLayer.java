package org.clipscribe.clip;

import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Tensor;

/// One pre-norm layer. Mirrors `CLIPEncoderLayer` in Hugging Face `modeling_clip.py`.
public record EncoderLayer(LayerNorm norm1, Attention attention, LayerNorm norm2, Mlp mlp) {
  static EncoderLayer of(ParameterSource source, EncoderConfig config) {
    return new EncoderLayer(
        LayerNorm.of(source.at("layer_norm1"), config.width(), config.epsilon()),
        Attention.of(source.at("self_attn"), config),
        LayerNorm.of(source.at("layer_norm2"), config.width(), config.epsilon()),
        Mlp.of(source.at("mlp"), config));
  }

  /// @param x residual stream `[B, T, C]`
  /// @return residual stream `[B, T, C]`
  Tensor forward(Tensor x, AttentionMask mask, Probe probe) {
    x = x.plus(attention.forward(norm1.forward(x), mask, probe.at("self_attn")));
    return x.plus(mlp.forward(norm2.forward(x), probe.at("mlp")));
  }
}
