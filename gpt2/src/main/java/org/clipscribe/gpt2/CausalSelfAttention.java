package org.clipscribe.gpt2;

import java.util.List;
import org.clipscribe.gpt2.KvCache.KeysValues;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Tensor;

/// The attention half of a block. Mirrors `GPT2Attention` in Hugging Face `modeling_gpt2.py`.
///
/// Stages that a probe sees: `q`, `k`, `v` of this step, `probabilities [B, H, Tq, Tk]`, `mixed`
/// (values weighted by them), `output`.
///
/// @param attention queries, keys and values in one, `c_attn`
/// @param projection `c_proj`
/// @param layer which part of the cache is this one's
public record CausalSelfAttention(Linear attention, Linear projection, int heads, int layer) {
  static CausalSelfAttention of(ParameterSource source, Gpt2Config config, int layer) {
    int width = config.width();
    return new CausalSelfAttention(
        Linear.conv1d(source.at("c_attn"), width, 3 * width),
        Linear.conv1d(source.at("c_proj"), width, width),
        config.heads(),
        layer);
  }

  /// @param x `[T, C]`, or `[B, T, C]` without a cache
  /// @return the same shape
  Tensor forward(Tensor x, Pass pass) {
    List<Tensor> parts = attention.forward(x).split(-1, 3);
    Tensor q = pass.see("q", parts.get(0));
    Tensor k = pass.see("k", parts.get(1));
    Tensor v = pass.see("v", parts.get(2));
    KeysValues seen = pass.seen(layer, k, v);
    pass.probe()
        .observe(
            "probabilities",
            () -> q.attentionProbabilities(seen.keys(), heads, AttentionMask.CAUSAL));
    Tensor mixed = q.attention(seen.keys(), seen.values(), heads, AttentionMask.CAUSAL);
    return pass.see("output", projection.forward(pass.see("mixed", mixed)));
  }
}
