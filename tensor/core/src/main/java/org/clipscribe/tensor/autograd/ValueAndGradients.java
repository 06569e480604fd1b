package org.clipscribe.tensor.autograd;

import org.clipscribe.tensor.Tensor;

/// What [Autograd#valueAndGradients] returns; closing it closes the gradients.
///
/// @param value the loss, one element
/// @param keptElements how many elements the tape kept for the gradients, besides the leaves: the
///     activations
public record ValueAndGradients(Tensor value, Gradients gradients, long keptElements)
    implements AutoCloseable {
  /// The loss as a number.
  public float loss() {
    return value.toArray()[0];
  }

  @Override
  public void close() {
    gradients.close();
  }
}
