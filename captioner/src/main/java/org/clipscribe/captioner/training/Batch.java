package org.clipscribe.captioner.training;

import org.clipscribe.tensor.Dropout;

/// Samples that a step of training sees together.
public interface Batch {
  /// Over how many targets the loss is the mean. Losses of several batches are weighed by it, so
  /// that a batch cut into parts gives what the whole does. 0 when there is nothing to learn from.
  int weight();

  /// The mean loss. Which one that is may depend on where in training the batch stands.
  ///
  /// @param dropout already of this step
  Loss loss(Dropout dropout);
}
