package org.clipscribe.tensor.autograd;

import java.util.function.Supplier;
import org.clipscribe.tensor.Tensor;

/// Reverse-mode differentiation (Linnainmaa, 1970; Griewank and Walther, 2008, chapter 3).
/// ```java
/// Supplier<Tensor> loss = () -> x.linear(weight, bias, Unary.TANH, null).crossEntropy(targets);
/// Leaves leaves = new Leaves(List.of(bias), List.of(weight));
/// try (ValueAndGradients result = Autograd.valueAndGradients(leaves, loss)) {
///   Tensor slope = result.gradients().of(bias).orElseThrow();
/// }
/// ```
/// While the loss is computed, every operation on a tensor that depends on a leaf writes an [Op] to
/// a [Tape]. Then the tape is read backwards: from the gradient of an operation's result,
/// [GradientRules] tells those of its inputs. `docs/autograd.md` explains it from the beginning.
public final class Autograd {
  private Autograd() {}

  /// Computes a loss and its gradient in each leaf.
  ///
  /// @param leaves what to differentiate by. Whatever does not depend on them costs nothing extra
  /// @param loss returns one element; does its work on the calling thread, by methods of [Tensor]
  /// @return to be closed: gradients of packed weights may live outside the heap
  /// @throws IllegalArgumentException when the loss has not exactly one element
  /// @throws IllegalStateException inside another call: gradients of gradients are not offered
  public static ValueAndGradients valueAndGradients(Leaves leaves, Supplier<Tensor> loss) {
    try (Tape tape = new Tape(leaves)) {
      Tensor value = tape.whileRecording(loss);
      long kept = tape.keptElements(); // before it is read, which empties it
      return new ValueAndGradients(value.detached(), tape.gradients(value), kept);
    }
  }
}
