package org.clipscribe.gpt2;

import java.util.List;
import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Tensor;

/// The part of a block that looks at an encoder's states, between its other two halves. Mirrors
/// `GPT2Attention` with `is_cross_attention=True`, and `ln_cross_attn`, in Hugging Face
/// `modeling_gpt2.py`.
///
/// Stages that a probe sees: `probabilities [B, H, Tq, N]`, `output`.
///
/// @param norm `ln_cross_attn`
/// @param queries `q_attn`, of the text
/// @param keysValues `c_attn`, of the states
/// @param projection `c_proj`
/// @param layer which part of the memory is this one's
public record CrossAttention(
    LayerNorm norm, Linear queries, Linear keysValues, Linear projection, int heads, int layer) {
  /// @param block where the block is: the norm stands beside the rest
  static CrossAttention of(ParameterSource block, Gpt2Config config, int layer) {
    int width = config.width();
    ParameterSource source = block.at("crossattention");
    return new CrossAttention(
        LayerNorm.of(block.at("ln_cross_attn"), width, config.epsilon()),
        Linear.conv1d(source.at("q_attn"), width, width),
        Linear.conv1d(source.at("c_attn"), width, 2 * width),
        Linear.conv1d(source.at("c_proj"), width, width),
        config.heads(),
        layer);
  }

  /// What this block remembers of an encoder's states.
  ///
  /// @param states `[S, N, C]`
  CrossMemory.KeysValues remember(Tensor states) {
    List<Tensor> parts = keysValues.forward(states).split(-1, 2);
    return new CrossMemory.KeysValues(parts.get(0), parts.get(1));
  }

  /// @param x residual stream `[.., T, C]`
  /// @return what is added to it
  Tensor forward(Tensor x, CrossMemory memory, Pass pass) {
    Tensor q = queries.forward(norm.forward(x));
    pass.probe().observe("probabilities", () -> memory.probabilities(layer, q, heads));
    Tensor mixed = memory.attend(layer, q, heads, pass.dropout().at("probabilities"));
    return pass.see("output", pass.drop(projection.forward(mixed)));
  }
}
