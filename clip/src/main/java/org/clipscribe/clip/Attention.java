package org.clipscribe.clip;

import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Tensor;

/// Multi-head self-attention. Mirrors `CLIPAttention` in Hugging Face `modeling_clip.py`.
///
/// Stages that a probe sees: `probabilities [B, H, T, T]`, `output`.
public record Attention(Linear queries, Linear keys, Linear values, Linear output, int heads) {
  static Attention of(ParameterSource source, EncoderConfig config) {
    int width = config.width();
    return new Attention(
        Linear.of(source.at("q_proj"), width, width),
        Linear.of(source.at("k_proj"), width, width),
        Linear.of(source.at("v_proj"), width, width),
        Linear.of(source.at("out_proj"), width, width),
        config.heads());
  }

  /// @param x `[B, T, C]`
  /// @return `[B, T, C]`
  Tensor forward(Tensor x, AttentionMask mask, Probe probe) {
    Tensor q = queries.forward(x);
    Tensor k = keys.forward(x);
    Tensor v = values.forward(x);
    probe.observe("probabilities", () -> q.attentionProbabilities(k, heads, mask));
    Tensor y = output.forward(q.attention(k, v, heads, mask));
    probe.observe("output", () -> y);
    return y;
  }
}
