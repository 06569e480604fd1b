package org.clipscribe.tensor.testkit;

import java.util.List;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.Op;
import org.clipscribe.tensor.spi.Backend;

/// A use of an operation whose gradients are checked.
///
/// @param name says what is special
/// @param op what it records
/// @param function from random leaves to a result
record GradientCase(String name, Class<? extends Op> op, Setup setup, Function function) {
  /// Makes leaves of sizes that grow with `n`.
  interface Setup {
    Leaves leaves(Maker make, int n);
  }

  /// Computes a result from the leaves.
  interface Function {
    Tensor apply(List<Tensor> x, List<PackedWeight> w, Maker make);
  }

  /// Random data on a back-end, the same on each.
  record Maker(Backend backend) {
    Tensor tensor(long seed, int... extents) {
      return Tensors.random(backend, seed, extents);
    }

    /// Between 0.5 and 2: where logarithms, roots and quotients are tame.
    Tensor positive(long seed, int... extents) {
      Shape shape = Shape.of(extents);
      return Tensor.of(backend, shape, Tensors.random(seed, shape.size(), 0.5, 2));
    }

    PackedWeight weight(long seed, int outputs, int inputs) {
      float[] values = Tensors.random(seed, outputs * inputs);
      return backend.pack(MatrixSource.of(outputs, inputs, values), false, WeightFormat.F32);
    }
  }

  /// A case on a back-end.
  record Problem(Leaves leaves, java.util.function.Supplier<Tensor> loss) {}

  /// @param n about how large
  Problem on(Backend backend, int n) {
    Maker make = new Maker(backend);
    Leaves leaves = setup.leaves(make, n);
    return new Problem(
        leaves, () -> weighted(function.apply(leaves.tensors(), leaves.weights(), make)));
  }

  /// A sum in which every element counts differently, so that no gradient is the same everywhere.
  private static Tensor weighted(Tensor y) {
    Tensor weights = Tensors.random(y.backend(), 99, y.shape().toArray());
    return y.times(weights).reshape(1, -1).reduce(Reduction.SUM);
  }

  @Override
  public String toString() {
    return op.getSimpleName() + ": " + name;
  }
}
