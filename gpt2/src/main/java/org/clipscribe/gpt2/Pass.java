package org.clipscribe.gpt2;

import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What running a model needs besides its input. One path serves inference and training.
///
/// @param cache what the model has seen before and adds to, or null to see the input alone
/// @param memory what the model looks at beside its text, or null if it has no cross-attention
/// @param probe looks at stages on the way
/// @param lengths how many leading positions of each sequence of a batch are real, or null when all
///     are; not together with a cache
/// @param dropout of embeddings, attention probabilities and what is added to the residual stream,
///     as in Hugging Face's `embd_pdrop`, `attn_pdrop` and `resid_pdrop`; each place and layer
///     draws from a key of its own
public record Pass(
    @Nullable KvCache cache,
    @Nullable CrossMemory memory,
    Probe probe,
    int @Nullable [] lengths,
    Dropout dropout) {
  /// The input alone, unobserved.
  public static final Pass PLAIN = new Pass(null, Probe.NONE);

  public Pass {
    if (cache != null && lengths != null) {
      throw new IllegalArgumentException("GPT-2: lengths of sequences together with a cache");
    }
  }

  /// Inference.
  public Pass(@Nullable KvCache cache, Probe probe) {
    this(cache, null, probe, null, Dropout.NONE);
  }

  /// Continues what the cache holds, unobserved.
  public static Pass over(KvCache cache) {
    return new Pass(cache, Probe.NONE);
  }

  /// A batch of training.
  public static Pass training(int @Nullable [] lengths, Dropout dropout) {
    return new Pass(null, null, Probe.NONE, lengths, dropout);
  }

  /// The same, looking at this as well.
  public Pass lookingAt(@Nullable CrossMemory states) {
    return new Pass(cache, states, probe, lengths, dropout);
  }

  /// What a block with cross-attention looks at.
  CrossMemory requireMemory() {
    if (memory == null) {
      throw new IllegalArgumentException("GPT-2: cross-attention without anything to look at");
    }
    return memory;
  }

  /// The same pass with probe and dropout one level down.
  Pass at(String name) {
    return new Pass(cache, memory, probe.at(name), lengths, dropout.at(name));
  }

  Pass at(int index) {
    return new Pass(cache, memory, probe.at(index), lengths, dropout.at(index));
  }

  /// Which positions see which.
  AttentionMask mask() {
    return lengths == null ? AttentionMask.CAUSAL : new AttentionMask(true, lengths);
  }

  /// Shows a stage to the probe and hands it on.
  Tensor see(String name, Tensor stage) {
    probe.observe(name, () -> stage);
    return stage;
  }

  /// Dropout at the place of this pass.
  Tensor drop(Tensor x) {
    return x.dropout(dropout);
  }
}
