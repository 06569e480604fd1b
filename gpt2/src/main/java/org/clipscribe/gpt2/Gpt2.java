package org.clipscribe.gpt2;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.nn.Embedding;
import org.clipscribe.nn.LayerNorm;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// The decoder of Radford et al., 2019, "Language Models are Unsupervised Multitask Learners".
/// Mirrors `GPT2LMHeadModel` in Hugging Face `modeling_gpt2.py`; component names are checkpoint
/// names.
///
/// Differs: input is embeddings with positions already added, so that a caller can mix tokens with
/// other vectors and place them as it likes.
///
/// Stages that a probe sees: `hidden.0` (the input) to `hidden.L` (after `ln_f`), and those of
/// [Block] under `h.i`.
///
/// @param wte token embeddings `[V, C]`
/// @param wpe position embeddings `[positions, C]`
/// @param lmHead the output head, or null when it is `wte`
public record Gpt2(
    Gpt2Config config,
    Embedding wte,
    Embedding wpe,
    List<Block> blocks,
    LayerNorm lnF,
    @Nullable Linear lmHead) {

  /// Parameters `wte`, `wpe`, `h.0`, .., `ln_f` below the source, and `lm_head` beside them when
  /// the head is not tied.
  public static Gpt2 of(ParameterSource source, Gpt2Config config) {
    return of(source, source, config);
  }

  /// The same for files of Hugging Face, where the decoder is below `transformer` and its head is
  /// not.
  ///
  /// @param head where `lm_head` is, if it is not tied
  public static Gpt2 of(ParameterSource source, ParameterSource head, Gpt2Config config) {
    int width = config.width();
    return new Gpt2(
        config,
        Embedding.of(source.at("wte"), config.vocabulary(), width),
        Embedding.of(source.at("wpe"), config.positions(), width),
        IntStream.range(0, config.layers())
            .mapToObj(i -> Block.of(source.at("h").at(i), config, i))
            .toList(),
        LayerNorm.of(source.at("ln_f"), width, config.epsilon()),
        config.tied() ? null : Linear.withoutBias(head.at("lm_head"), width, config.vocabulary()));
  }

  /// Token embeddings, without positions.
  ///
  /// @return `[T, C]`
  /// @throws IndexOutOfBoundsException when a token is not in the vocabulary
  public Tensor embed(Backend backend, int... tokens) {
    return wte.forward(backend, tokens);
  }

  /// The embeddings of `count` positions from `from` on.
  ///
  /// @return `[count, C]`
  /// @throws IndexOutOfBoundsException when a position is beyond the longest sequence
  public Tensor positions(Backend backend, int from, int count) {
    return wpe.forward(backend, IntStream.range(from, from + count).toArray());
  }

  /// Runs all blocks and the last layer norm.
  ///
  /// @param embeddings positions added, `[B, T, C]`, or `[T, C]` for one sequence. With a cache
  ///     they continue what its lanes hold
  /// @return hidden states of the same shape
  public Tensor forward(Tensor embeddings, Pass pass) {
    if (pass.cache() != null) {
      pass.cache().check(embeddings.shape());
    }
    Tensor x = pass.drop(embeddings);
    for (int i = 0; i < blocks.size(); i++) {
      x = pass.see("hidden." + i, x);
      x = blocks.get(i).forward(x, pass.at("h").at(i));
    }
    return pass.see("hidden." + blocks.size(), lnF.forward(x));
  }

  /// Scores of every token as the next one.
  ///
  /// @param hidden `[.., C]`
  /// @return `[.., V]`
  public Tensor logits(Tensor hidden) {
    return lmHead == null ? wte.scores(hidden) : lmHead.forward(hidden);
  }

  /// How badly these hidden states predict one token each: the mean cross-entropy over the targets
  /// that are not [Tensor#IGNORED]. Logits are never all in memory.
  ///
  /// @param hidden `[.., C]`
  /// @param targets one for each row; the token that follows it
  /// @return rank 0
  public Tensor loss(Tensor hidden, int... targets) {
    return hidden.linearCrossEntropy(lmHead == null ? wte.table() : lmHead.weight(), targets);
  }

  /// What the blocks remember of an encoder's states, to be looked at in a [Pass].
  ///
  /// @param states `[S, N, C]`
  /// @return for `S` lanes
  /// @throws IllegalArgumentException when this decoder has no cross-attention
  public CrossMemory remember(Tensor states) {
    if (!config.crossAttention()) {
      throw new IllegalArgumentException(
          config + ": has no cross-attention to look at states with");
    }
    return CrossMemory.of(
        blocks.stream()
            .map(Block::cross)
            .flatMap(Stream::ofNullable)
            .map(cross -> cross.remember(states))
            .toList());
  }

  /// An empty cache for one sequence.
  ///
  /// @param capacity the most positions it can hold
  public KvCache newCache(Backend backend, int capacity) {
    return newCache(backend, 1, capacity);
  }

  /// An empty cache for sequences that are continued together, so that a step reads the weights
  /// once for all of them.
  ///
  /// @param lanes how many sequences, `B`
  /// @param capacity the most positions of each
  public KvCache newCache(Backend backend, int lanes, int capacity) {
    return new KvCache(backend, config.layers(), lanes, capacity, config.width());
  }
}
