package org.clipscribe.nn;

import java.util.function.Predicate;

/// From which distribution a fresh parameter is drawn, by its name and shape.
@FunctionalInterface
public interface Initialisation {
  /// A normal distribution; a constant when `deviation` is 0.
  record Normal(float mean, float deviation) {}

  Normal of(String name, TensorInfo info);

  /// What GPT-2 and CLIP start from: biases 0, gains of layer norms 1, everything else normal
  /// around 0.
  ///
  /// @param deviation standard deviation, 0.02 in GPT-2
  static Initialisation normal(float deviation) {
    return (name, info) -> {
      String last = name.substring(name.lastIndexOf('.') + 1);
      if (last.equals("bias")) {
        return new Normal(0, 0);
      }
      // The only vectors called `weight` are the gains of layer norms.
      return last.equals("weight") && info.shape().size() == 1
          ? new Normal(1, 0)
          : new Normal(0, deviation);
    };
  }

  /// The same with an exception.
  default Initialisation with(Predicate<String> names, Normal distribution) {
    return (name, info) -> names.test(name) ? distribution : of(name, info);
  }
}
