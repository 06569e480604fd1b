package org.clipscribe.gpt2;

import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;

/// The feed-forward half of a block. Mirrors `GPT2MLP` in Hugging Face `modeling_gpt2.py`.
///
/// Stages that a probe sees: `c_fc` (before the activation), `act`, `output`.
public record Mlp(Linear fc, Unary activation, Linear projection) {
  static Mlp of(ParameterSource source, Gpt2Config config) {
    return new Mlp(
        Linear.conv1d(source.at("c_fc"), config.width(), config.inner()),
        config.activation(),
        Linear.conv1d(source.at("c_proj"), config.inner(), config.width()));
  }

  /// @param x `[.., C]`
  /// @return `[.., C]`
  Tensor forward(Tensor x, Pass pass) {
    pass.probe().observe("c_fc", () -> fc.forward(x));
    Tensor inner = pass.see("act", fc.forward(x, activation));
    return pass.see("output", pass.drop(projection.forward(inner)));
  }
}
