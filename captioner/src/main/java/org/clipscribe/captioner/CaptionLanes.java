package org.clipscribe.captioner;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.clipscribe.gpt2.CrossMemory;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.KvCache;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.gpt2.decoding.Lanes;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Captions in the making, as GPT-2 reads them: what stands before them (a begin token, a picture's
/// prefix or both), the prompt's tokens, the tokens added so far; and beside all of that the
/// picture's states, if it has cross-attention.
///
/// Mirrors `Net.forward` of clip-gpt-captioning's `model.py`, with a cache where the original
/// computes every step anew. A prompt is read as if its tokens had been chosen.
final class CaptionLanes implements Lanes {
  private final Backend backend;
  private final Gpt2 gpt2;
  private final PositionRule rule;
  private final int[] prompt;
  private final Probe probe;
  private final int length;
  private final int capacity;

  /// What stands before the captions, `[B, S, C]`; null once the cache holds what later steps read.
  private @Nullable Tensor start;

  private KvCache cache;
  private @Nullable CrossMemory memory;
  private int steps;

  /// @param prompt what every caption begins with
  /// @param maxTokens the most that are added
  /// @param probe sees the `logits [A, V]` of each step under the step's number; `A` counts the
  ///     lanes of that step
  CaptionLanes(
      Backend backend,
      Gpt2 gpt2,
      PositionRule rule,
      Beginning beginning,
      int[] prompt,
      int maxTokens,
      Probe probe) {
    this.backend = backend;
    this.gpt2 = gpt2;
    this.rule = rule;
    this.prompt = prompt;
    this.probe = probe;
    this.start = beginning.rows();
    this.memory = beginning.memory();
    this.length = beginning.length();
    this.capacity = length + prompt.length + maxTokens - 1; // the last token is not read
    this.cache = gpt2.newCache(backend, beginning.captions(), capacity);
  }

  @Override
  public Tensor begin() {
    Tensor prefixes = taken();
    if (prompt.length > 0) {
      int lanes = cache.lanes();
      int[] prompts = IntStream.range(0, lanes).flatMap(_ -> Arrays.stream(prompt)).toArray();
      return read(withTokens(prefixes, embed(prompts, prompt.length)));
    }
    if (rule.laterPrefix() != rule.firstPrefix()) {
      start = prefixes; // what the cache is filled from now is good for the first token only
    }
    return read(placed(prefixes, 0, rule.firstPrefix()));
  }

  @Override
  public Tensor advance(int[] parents, int[] tokens) {
    Tensor added = embed(tokens, 1);
    if (start != null && parents.length <= cache.lanes()) {
      cache = gpt2.newCache(backend, parents.length, capacity);
      lookOn(parents);
      return read(withTokens(taken().select(0, parents), added));
    }
    if (start != null) { // branches: their prefix is read once
      cache = gpt2.newCache(backend, cache.lanes(), capacity);
      gpt2.forward(placed(taken(), 0, rule.laterPrefix()), pass());
    }
    cache.select(parents);
    lookOn(parents);
    return read(placed(added, cache.size(), rule.token()));
  }

  private void lookOn(int[] parents) {
    memory = memory == null ? null : memory.select(parents);
  }

  private Pass pass() {
    return Pass.over(cache).lookingAt(memory);
  }

  private Tensor taken() {
    Tensor taken = start;
    if (taken == null) {
      throw new IllegalStateException("captions are begun once");
    }
    start = null;
    return taken;
  }

  /// Prefixes `[A, S, C]` and tokens `[A, T, C]` behind them, as steps after the first see
  /// them.
  private Tensor withTokens(Tensor prefixes, Tensor tokens) {
    return Tensor.concatenate(
        1, placed(prefixes, 0, rule.laterPrefix()), placed(tokens, length, rule.token()));
  }

  /// Embeddings `[A, each, C]`.
  private Tensor embed(int[] tokens, int each) {
    return gpt2.embed(backend, tokens).reshape(tokens.length / each, each, -1);
  }

  /// Adds the position embeddings of places `from ..`, `times` over, to rows `[A, T, C]`.
  private Tensor placed(Tensor rows, int from, int times) {
    Tensor positions = gpt2.positions(backend, from, rows.shape().extent(1));
    return rows.plus(times == 1 ? positions : positions.times(times));
  }

  /// Reads rows `[A, T, C]`.
  ///
  /// @return what follows the last of each lane `[A, V]`
  private Tensor read(Tensor rows) {
    Tensor hidden = gpt2.forward(rows, pass());
    int last = rows.shape().extent(1) - 1;
    Tensor logits = gpt2.logits(hidden.slice(1, last, last + 1).reshape(cache.lanes(), -1));
    probe.at(steps++).observe("logits", () -> logits);
    return logits;
  }
}
