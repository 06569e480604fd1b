package org.clipscribe.tensor.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.ValueAndGradients;

/// Compares gradients with what a loss really does when a parameter changes a little: central
/// differences, in double precision.
public final class GradientCheck {
  /// The error of a central difference is about `STEP²` (the third derivative) plus `1e-16 / STEP`
  /// (rounding of the loss): both near 1e-10 here.
  private static final double STEP = 1e-5;

  /// Relative to the largest element of a gradient. A hundred times what the errors above come to,
  /// for losses of 100 and for third derivatives of 100; a forgotten term is off by 1e-2 and more.
  private static final double TOLERANCE = 1e-7;

  /// Elements of a leaf that are tried; all if there are not more.
  private static final int TRIED = 24;

  private GradientCheck() {}

  /// Asserts that the gradients of a loss are those of finite differences, in every leaf.
  ///
  /// @param leaves of a [DoubleBackend], whole tensors, not views
  /// @param loss computes one element from them
  /// @throws AssertionError also when the loss depends on none of the elements of a leaf
  public static void check(Leaves leaves, Supplier<Tensor> loss) {
    List<String> faults = new ArrayList<>();
    try (ValueAndGradients result = Autograd.valueAndGradients(leaves, loss)) {
      Gradients gradients = result.gradients();
      for (int i = 0; i < leaves.tensors().size(); i++) {
        Tensor leaf = leaves.tensors().get(i);
        double[] gradient =
            gradients.of(leaf).map(DoubleBackend::array).orElse(new double[leaf.shape().size()]);
        compare("tensor " + i + " " + leaf, DoubleBackend.array(leaf), gradient, loss, faults);
      }
      for (int i = 0; i < leaves.weights().size(); i++) {
        PackedWeight leaf = leaves.weights().get(i);
        double[] values = DoubleBackend.array(leaf);
        double[] gradient =
            gradients.of(leaf).map(DoubleBackend::array).orElse(new double[values.length]);
        compare("weight " + i, values, gradient, loss, faults);
      }
    }
    if (!faults.isEmpty()) {
      throw new AssertionError(String.join("\n", faults));
    }
  }

  private static void compare(
      String name, double[] leaf, double[] gradient, Supplier<Tensor> loss, List<String> faults) {
    double largest = 0;
    for (double slope : gradient) {
      largest = Math.max(largest, Math.abs(slope));
    }
    SplittableRandom random = new SplittableRandom(leaf.length);
    for (int i = 0; i < Math.min(TRIED, leaf.length); i++) {
      int at = leaf.length <= TRIED ? i : random.nextInt(leaf.length);
      double difference = difference(leaf, at, loss);
      if (!(Math.abs(difference - gradient[at]) <= TOLERANCE * Math.max(largest, 1e-2))) {
        faults.add(
            String.format(
                Locale.ROOT,
                "%s: element %d has gradient %.9g, finite differences say %.9g (largest %.3g)",
                name,
                at,
                gradient[at],
                difference,
                largest));
        return;
      }
    }
  }

  private static double difference(double[] leaf, int at, Supplier<Tensor> loss) {
    double value = leaf[at];
    leaf[at] = value + STEP;
    double above = DoubleBackend.array(loss.get())[0];
    leaf[at] = value - STEP;
    double below = DoubleBackend.array(loss.get())[0];
    leaf[at] = value;
    return (above - below) / (2 * STEP);
  }
}
