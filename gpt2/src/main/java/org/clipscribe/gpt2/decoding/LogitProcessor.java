package org.clipscribe.gpt2.decoding;

/// Changes the scores of the next token, like `LogitsProcessor` and `LogitsWarper` of Hugging Face
/// transformers. A token whose score is minus infinity cannot be chosen.
///
/// Implementations have no state of their own and may be shared.
@FunctionalInterface
public interface LogitProcessor {
  /// @param draft what there is of the text, the prompt included
  /// @param scores of every token `[V]`, changed in place: logits or logarithms of probabilities
  void process(Draft draft, double[] scores);
}
