package org.clipscribe.clip;

import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;

/// The feed-forward half of a layer. Mirrors `CLIPMLP` in Hugging Face `modeling_clip.py`.
///
/// Stages that a probe sees: `activated [B, T, inner]`, `output`.
public record Mlp(Linear expand, Linear contract, Unary activation) {
  static Mlp of(ParameterSource source, EncoderConfig config) {
    return new Mlp(
        Linear.of(source.at("fc1"), config.width(), config.inner()),
        Linear.of(source.at("fc2"), config.inner(), config.width()),
        config.activation());
  }

  /// @param x `[B, T, C]`
  /// @return `[B, T, C]`
  Tensor forward(Tensor x, Probe probe) {
    Tensor activated = expand.forward(x, activation);
    probe.observe("activated", () -> activated);
    Tensor y = contract.forward(activated);
    probe.observe("output", () -> y);
    return y;
  }
}
