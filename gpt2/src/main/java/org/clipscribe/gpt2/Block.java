package org.clipscribe.gpt2;

import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One pre-norm block. Mirrors `GPT2Block` in Hugging Face `modeling_gpt2.py`.
///
/// Stages that a probe sees: `ln_1`, `attn.*` of [CausalSelfAttention], `middle` (the residual
/// stream before the feed-forward half), `crossattention.*` of [CrossAttention], `ln_2`, `mlp.*` of
/// [Mlp], `output`.
///
/// @param cross null in a decoder that looks at nothing but its text
public record Block(
    LayerNorm ln1,
    CausalSelfAttention attention,
    @Nullable CrossAttention cross,
    LayerNorm ln2,
    Mlp mlp) {
  static Block of(ParameterSource source, Gpt2Config config, int layer) {
    return new Block(
        LayerNorm.of(source.at("ln_1"), config.width(), config.epsilon()),
        CausalSelfAttention.of(source.at("attn"), config, layer),
        config.crossAttention() ? CrossAttention.of(source, config, layer) : null,
        LayerNorm.of(source.at("ln_2"), config.width(), config.epsilon()),
        Mlp.of(source.at("mlp"), config));
  }

  /// @param x residual stream `[.., T, C]`
  /// @return residual stream `[.., T, C]`
  Tensor forward(Tensor x, Pass pass) {
    Tensor middle = x.plus(attention.forward(pass.see("ln_1", ln1.forward(x)), pass.at("attn")));
    if (cross != null) {
      middle = middle.plus(cross.forward(middle, pass.requireMemory(), pass.at("crossattention")));
    }
    pass.see("middle", middle);
    Tensor output = middle.plus(mlp.forward(pass.see("ln_2", ln2.forward(middle)), pass.at("mlp")));
    return pass.see("output", output);
  }
}
