package org.clipscribe.tensor.autograd;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Adds up the gradients that arrive at each place of the graph.
final class GradientSink {
  /// @param own whether nobody else holds the tensor, so that it may be added to in place
  private record Sum(Tensor tensor, boolean own) {}

  private final Tape tape;
  private final @Nullable Sum[] sums;
  private final @Nullable PackedWeight[] weights;

  /// @param slots of the tape, those of leaves first
  /// @param weights leaves that are packed weights
  GradientSink(Tape tape, int slots, int weights) {
    this.tape = tape;
    this.sums = new Sum[slots];
    this.weights = new PackedWeight[weights];
  }

  /// Adds to the gradient of an input, if that depends on a leaf.
  ///
  /// @param gradient of the input's size; evaluated only if it is needed
  void add(@Nullable Tensor input, Supplier<Tensor> gradient) {
    Node node = input == null ? null : tape.node(input);
    if (input == null || node == null) {
      return;
    }
    Tensor more = gradient.get().reshape(input.shape());
    Sum sum = sums[node.slot()];
    if (sum == null) {
      // It may be the gradient of other inputs as well, as in a sum of two.
      sums[node.slot()] = new Sum(more, false);
    } else if (sum.own()) {
      more.backend().addTo(sum.tensor(), more);
    } else {
      sums[node.slot()] = new Sum(sum.tensor().plus(more), true);
    }
  }

  /// The same for entries from `from` on of an axis of the input: the others get nothing.
  void addSlice(Tensor input, int axis, int from, Tensor gradient) {
    Node node = tape.node(input);
    if (node == null) {
      return;
    }
    Sum sum = own(sums[node.slot()], input);
    sums[node.slot()] = sum;
    gradient.backend().addToSlice(sum.tensor(), axis, from, gradient);
  }

  private static Sum own(@Nullable Sum sum, Tensor like) {
    if (sum != null && sum.own()) {
      return sum;
    }
    Tensor zeros = Tensor.zeros(like.backend(), like.shape().toArray());
    if (sum != null) {
      like.backend().addTo(zeros, sum.tensor());
    }
    return new Sum(zeros, true);
  }

  /// Adds to the gradient of a weight, if that is a leaf.
  ///
  /// @param more adds to what it is given, in place
  void add(PackedWeight weight, Backend backend, Consumer<PackedWeight> more) {
    Integer number = tape.leafNumber(weight);
    if (number == null) {
      return;
    }
    PackedWeight sum = weights[number];
    if (sum == null) {
      sum = backend.zerosLike(weight);
      weights[number] = sum;
    }
    more.accept(sum);
  }

  /// Adds a gradient that nobody else holds.
  void adopt(PackedWeight weight, PackedWeight gradient, Backend backend) {
    Integer number = tape.leafNumber(weight);
    if (number != null && weights[number] == null) {
      weights[number] = gradient;
      return;
    }
    add(weight, backend, sum -> backend.addTo(sum, gradient));
    backend.release(gradient);
  }

  /// The gradient of a result, which is complete when all later operations are done.
  @Nullable Tensor take(int slot) {
    Sum sum = sums[slot];
    sums[slot] = null;
    return sum == null ? null : sum.tensor();
  }

  /// What has arrived at the leaves.
  Gradients gradients(Backend backend, Leaves leaves) {
    List<Tensor> tensors = leaves.tensors();
    @Nullable Tensor[] arrived = new Tensor[tensors.size()];
    for (int i = 0; i < arrived.length; i++) {
      // Owned, because clipping changes gradients in place.
      arrived[i] = sums[i] == null ? null : own(sums[i], tensors.get(i)).tensor();
    }
    return new Gradients(backend, leaves, arrived, weights);
  }
}
