package org.clipscribe.captioner;

import java.util.ArrayList;
import java.util.List;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.KvCache;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Writes a caption token by token, always taking the likeliest.
///
/// Mirrors `Net.forward` of clip-gpt-captioning's `model.py`, with a cache where the original
/// computes every step anew.
///
/// @param endOfText begins the prefix and ends a caption
/// @param maxLength the most tokens generated
record GreedyDecoder(Backend backend, Gpt2 gpt2, PositionRule rule, int endOfText, int maxLength) {

  /// What was generated, the closing token included, and how sure the model was.
  ///
  /// @param score mean natural logarithm of the tokens' probabilities
  record Decoded(List<Integer> tokens, double score) {}

  /// @param prefix mapped rows `[P, C]`
  /// @param probe sees the `logits [1, V]` of each step under the step's number
  Decoded decode(Tensor prefix, Probe probe) {
    Tensor start = Tensor.concatenate(0, gpt2.embed(backend, endOfText), prefix);
    int length = start.shape().extent(0);
    KvCache cache = gpt2.newCache(backend, length + maxLength);
    Tensor hidden = read(placed(start, 0, rule.firstPrefix()), cache);
    List<Integer> tokens = new ArrayList<>();
    double logProbability = 0;
    for (int step = 0; step < maxLength; step++) {
      Tensor logits =
          gpt2.logits(hidden.leading(hidden.shape().extent(0) - 1, hidden.shape().extent(0)));
      probe.at(step).observe("logits", () -> logits);
      int token = logits.argMax()[0];
      logProbability += Math.log(logits.softmax().toArray()[token]);
      tokens.add(token);
      if (token == endOfText || step + 1 == maxLength) {
        break;
      }
      Tensor row = placed(gpt2.embed(backend, token), length + step, rule.token());
      if (step == 0 && rule.laterPrefix() != rule.firstPrefix()) {
        // What the cache holds was computed from other rows: fill a new one, this once.
        cache = gpt2.newCache(backend, length + maxLength);
        row = Tensor.concatenate(0, placed(start, 0, rule.laterPrefix()), row);
      }
      hidden = read(row, cache);
    }
    return new Decoded(tokens, logProbability / tokens.size());
  }

  private Tensor read(Tensor rows, KvCache cache) {
    return gpt2.forward(rows, Pass.over(cache));
  }

  /// Adds the position embeddings of places `from ..`, `times` over.
  private Tensor placed(Tensor rows, int from, int times) {
    Tensor positions = gpt2.positions(backend, from, rows.shape().extent(0));
    return rows.plus(times == 1 ? positions : positions.times(times));
  }
}
