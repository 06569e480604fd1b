package org.clipscribe.gpt2.decoding;

import org.clipscribe.tensor.Tensor;

/// Texts that a model reads side by side, each in a lane, so that a step reads the weights once for
/// all of them: what a search knows of a model.
public interface Lanes {
  /// Reads what the texts begin with; called once, first.
  ///
  /// @return the logits of the next token in each lane `[B, V]`
  Tensor begin();

  /// Goes on: lane `i` becomes what lane `parents[i]` was, with a token added. Lanes that are not
  /// named end, and one that is named twice branches.
  ///
  /// @param parents at least one
  /// @param tokens one for each parent
  /// @return the logits of the next token in each lane `[parents.length, V]`
  Tensor advance(int[] parents, int[] tokens);
}
