package org.clipscribe.gpt2;

import java.util.List;
import org.clipscribe.gpt2.KvCache.KeysValues;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
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

  /// @param x `[T, C]` or `[B, T, C]`
  /// @return the same shape
  Tensor forward(Tensor x, Pass pass) {
    List<Tensor> parts = attention.forward(x).split(-1, 3);
    Tensor q = pass.see("q", parts.get(0));
    Tensor k = pass.see("k", parts.get(1));
    Tensor v = pass.see("v", parts.get(2));
    Tensor mixed = pass.see("mixed", mix(q, k, v, pass).reshape(x.shape()));
    return pass.see("output", pass.drop(projection.forward(mixed)));
  }

  /// Attention over these keys and values, behind those in the cache if there is one.
  private Tensor mix(Tensor q, Tensor k, Tensor v, Pass pass) {
    KvCache cache = pass.cache();
    if (cache == null) {
      return mix(q, new KeysValues(k, v), heads, pass);
    }
    KeysValues seen = cache.append(layer, k, v);
    return cache.apart(mix(cache.abreast(q), seen, cache.lanes() * heads, pass));
  }

  private Tensor mix(Tensor q, KeysValues seen, int allHeads, Pass pass) {
    pass.probe()
        .observe(
            "probabilities",
            () -> {
              Tensor all = q.attentionProbabilities(seen.keys(), allHeads, pass.mask());
              return all.reshape(-1, heads, all.shape().extent(2), all.shape().extent(3));
            });
    return q.attention(
        seen.keys(), seen.values(), allHeads, pass.mask(), pass.dropout().at("probabilities"));
  }
}
