package org.clipscribe.tensor.autograd;

import org.clipscribe.tensor.Tensor;

/// What [Autograd#valueAndGradients] returns; closing it closes the gradients.
///
/// @param value the loss, one element
public record ValueAndGradients(Tensor value, Gradients gradients) implements AutoCloseable {
  /// The loss as a number.
  public float loss() {
    return value.toArray()[0];
  }

  @Override
  public void close() {
    gradients.close();
  }
}
