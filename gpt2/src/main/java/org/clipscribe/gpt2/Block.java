package org.clipscribe.gpt2;

import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Tensor;

/// One pre-norm block. Mirrors `GPT2Block` in Hugging Face `modeling_gpt2.py`.
///
/// Stages that a probe sees: `ln_1`, `attn.*` of [CausalSelfAttention], `middle` (the residual
/// stream between the halves), `ln_2`, `mlp.*` of [Mlp], `output`.
public record Block(LayerNorm ln1, CausalSelfAttention attention, LayerNorm ln2, Mlp mlp) {
  static Block of(ParameterSource source, Gpt2Config config, int layer) {
    return new Block(
        LayerNorm.of(source.at("ln_1"), config.width(), config.epsilon()),
        CausalSelfAttention.of(source.at("attn"), config, layer),
        LayerNorm.of(source.at("ln_2"), config.width(), config.epsilon()),
        Mlp.of(source.at("mlp"), config));
  }

  /// @param x residual stream `[.., T, C]`
  /// @return residual stream `[.., T, C]`
  Tensor forward(Tensor x, Pass pass) {
    Tensor middle = x.plus(attention.forward(pass.see("ln_1", ln1.forward(x)), pass.at("attn")));
    pass.see("middle", middle);
    Tensor output = middle.plus(mlp.forward(pass.see("ln_2", ln2.forward(middle)), pass.at("mlp")));
    return pass.see("output", output);
  }
}
