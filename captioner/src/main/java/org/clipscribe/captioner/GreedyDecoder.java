package org.clipscribe.captioner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.KvCache;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Writes captions token by token, always taking the likeliest, several side by side: a step reads
/// the weights once for all of them.
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

  /// A caption in the making.
  private static final class Draft {
    private final List<Integer> tokens = new ArrayList<>();
    private double logProbability;

    void add(int token, double probability) {
      tokens.add(token);
      logProbability += Math.log(probability);
    }

    int last() {
      return tokens.getLast();
    }

    Decoded decoded() {
      return new Decoded(tokens, logProbability / tokens.size());
    }
  }

  /// Decodes each prefix by itself; none changes what becomes of another.
  ///
  /// @param prefixes mapped rows `[B, P, C]`
  /// @param probe sees the `logits [A, V]` of each step under the step's number; `A` counts the
  ///     captions that have not ended, in order
  /// @return in the order of the prefixes
  List<Decoded> decode(Tensor prefixes, Probe probe) {
    List<Draft> drafts = Stream.generate(Draft::new).limit(prefixes.shape().extent(0)).toList();
    List<Draft> open = drafts;
    int[] begin = new int[drafts.size()];
    Arrays.fill(begin, endOfText);
    Tensor start = Tensor.concatenate(1, embed(begin), prefixes);
    int length = start.shape().extent(1);
    boolean refilled = rule.laterPrefix() != rule.firstPrefix();
    KvCache cache = gpt2.newCache(backend, open.size(), refilled ? length : length + maxLength);
    Tensor hidden = read(placed(start, 0, rule.firstPrefix()), cache);
    for (int step = 0; true; step++) {
      extend(open, hidden, probe.at(step));
      int[] going = going(open);
      if (going.length == 0 || step + 1 == maxLength) {
        return drafts.stream().map(Draft::decoded).toList();
      }
      if (going.length < open.size()) {
        open = Arrays.stream(going).mapToObj(open::get).toList();
        start = start.select(0, going);
        cache.select(going);
      }
      Tensor rows =
          placed(embed(open.stream().mapToInt(Draft::last).toArray()), length + step, rule.token());
      if (step == 0 && refilled) {
        // What the cache holds was computed from other rows: fill a new one, this once.
        cache = gpt2.newCache(backend, open.size(), length + maxLength);
        rows = Tensor.concatenate(1, placed(start, 0, rule.laterPrefix()), rows);
      }
      hidden = read(rows, cache);
    }
  }

  /// Adds the likeliest token to each draft.
  ///
  /// @param hidden `[A, T, C]`, of which the last positions say what follows
  private void extend(List<Draft> drafts, Tensor hidden, Probe probe) {
    int last = hidden.shape().extent(1) - 1;
    Tensor logits = gpt2.logits(hidden.slice(1, last, last + 1).reshape(drafts.size(), -1));
    probe.observe("logits", () -> logits);
    int[] tokens = logits.argMax();
    Tensor probabilities = logits.softmax().reshape(-1);
    int vocabulary = logits.shape().last();
    for (int i = 0; i < tokens.length; i++) {
      int at = i * vocabulary + tokens[i];
      drafts.get(i).add(tokens[i], probabilities.leading(at, at + 1).toArray()[0]);
    }
  }

  /// Which drafts have not come to their end.
  private int[] going(List<Draft> drafts) {
    return IntStream.range(0, drafts.size())
        .filter(i -> drafts.get(i).last() != endOfText)
        .toArray();
  }

  /// Embeddings `[B, 1, C]` of one token for each sequence.
  private Tensor embed(int[] tokens) {
    return gpt2.embed(backend, tokens).reshape(tokens.length, 1, -1);
  }

  private Tensor read(Tensor rows, KvCache cache) {
    return gpt2.forward(rows, Pass.over(cache));
  }

  /// Adds the position embeddings of places `from ..`, `times` over, to rows `[B, T, C]`.
  private Tensor placed(Tensor rows, int from, int times) {
    Tensor positions = gpt2.positions(backend, from, rows.shape().extent(1));
    return rows.plus(times == 1 ? positions : positions.times(times));
  }
}
