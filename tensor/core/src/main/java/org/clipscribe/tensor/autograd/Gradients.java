package org.clipscribe.tensor.autograd;

import java.util.IdentityHashMap;
import java.util.Optional;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// The gradients of a loss, by leaf. The caller owns them: they may be scaled and added up in
/// place, and are to be closed, because those of packed weights may live outside the heap.
public final class Gradients implements AutoCloseable {
  private final Backend backend;
  private final IdentityHashMap<Tensor, Integer> tensorNumbers = new IdentityHashMap<>();
  private final IdentityHashMap<PackedWeight, Integer> weightNumbers = new IdentityHashMap<>();
  // In the order of the leaves, so that sums over all of them are the same every time.
  private final @Nullable Tensor[] tensors;
  private final @Nullable PackedWeight[] weights;

  Gradients(
      Backend backend,
      Leaves leaves,
      @Nullable Tensor[] tensors,
      @Nullable PackedWeight[] weights) {
    this.backend = backend;
    this.tensors = tensors;
    this.weights = weights;
    leaves.tensors().forEach(leaf -> tensorNumbers.put(leaf, tensorNumbers.size()));
    leaves.weights().forEach(leaf -> weightNumbers.put(leaf, weightNumbers.size()));
  }

  /// The gradient of a leaf, of its shape; empty when the loss does not depend on it.
  ///
  /// @throws IllegalArgumentException when it was not among the leaves
  public Optional<Tensor> of(Tensor leaf) {
    return Optional.ofNullable(tensors[number(tensorNumbers.get(leaf), leaf)]);
  }

  /// The gradient of a leaf, in its layout; empty when the loss does not depend on it.
  ///
  /// @throws IllegalArgumentException when it was not among the leaves
  public Optional<PackedWeight> of(PackedWeight leaf) {
    return Optional.ofNullable(weights[number(weightNumbers.get(leaf), leaf)]);
  }

  private static int number(@Nullable Integer number, Object leaf) {
    if (number == null) {
      throw new IllegalArgumentException("gradients: " + leaf + " is not a leaf");
    }
    return number;
  }

  /// The sum of the squares of all elements: the square of the global norm.
  public double sumOfSquares() {
    double sum = 0;
    for (Tensor gradient : tensors) {
      sum += gradient == null ? 0 : backend.sumOfSquares(gradient);
    }
    for (PackedWeight gradient : weights) {
      sum += gradient == null ? 0 : backend.sumOfSquares(gradient);
    }
    return sum;
  }

  /// Multiplies all of them, as clipping does.
  public void scale(float factor) {
    for (Tensor gradient : tensors) {
      if (gradient != null) {
        backend.scale(gradient, factor);
      }
    }
    for (PackedWeight gradient : weights) {
      if (gradient != null) {
        backend.scale(gradient, factor);
      }
    }
  }

  /// Adds the gradients of another loss in the same leaves, and closes those.
  public void addAndClose(Gradients more) {
    if (more.tensors.length != tensors.length || more.weights.length != weights.length) {
      throw new IllegalArgumentException("gradients: of other leaves");
    }
    for (int i = 0; i < tensors.length; i++) {
      Tensor gradient = more.tensors[i];
      Tensor sum = tensors[i];
      if (sum == null) {
        tensors[i] = gradient;
      } else if (gradient != null) {
        backend.addTo(sum, gradient);
      }
    }
    for (int i = 0; i < weights.length; i++) {
      PackedWeight gradient = more.weights[i];
      PackedWeight sum = weights[i];
      if (sum == null) {
        weights[i] = gradient; // moves over
        more.weights[i] = null;
      } else if (gradient != null) {
        backend.addTo(sum, gradient);
      }
    }
    more.close();
  }

  /// Gives the memory back; none of the gradients may be used afterwards.
  @Override
  public void close() {
    for (int i = 0; i < weights.length; i++) {
      PackedWeight gradient = weights[i];
      if (gradient != null) {
        backend.release(gradient);
        weights[i] = null;
      }
    }
  }
}
