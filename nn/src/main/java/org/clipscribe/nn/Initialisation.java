package org.clipscribe.nn;

import java.util.function.Predicate;

/// From which distribution a fresh parameter is drawn, by its name and shape.
@FunctionalInterface
public interface Initialisation {
  /// Where random numbers come from.
  sealed interface Distribution {}

  /// A normal distribution; a constant when `deviation` is 0.
  record Normal(float mean, float deviation) implements Distribution {}

  /// All numbers between `-bound` and `bound` alike.
  record Uniform(float bound) implements Distribution {}

  Distribution of(String name, TensorInfo info);

  /// What the original's mapping network starts from, which is PyTorch's transformer encoder with
  /// the weights of its linear layers drawn anew as He et al., 2015, say for ReLU; the attention's
  /// packed input matrix is none and keeps what Glorot and Bengio, 2010, say.
  static Initialisation ofMappingNetwork() {
    Initialisation others = normal(0);
    return (name, info) -> {
      if (name.endsWith("in_proj_bias")) {
        return new Normal(0, 0);
      }
      if (info.shape().size() < 2) {
        return others.of(name, info);
      }
      long outputs = info.shape().get(0);
      long inputs = info.shape().get(1);
      return name.endsWith("in_proj_weight")
          ? new Uniform((float) Math.sqrt(6.0 / (inputs + outputs)))
          : new Normal(0, (float) Math.sqrt(2.0 / inputs));
    };
  }

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
  default Initialisation with(Predicate<String> names, Distribution distribution) {
    return (name, info) -> names.test(name) ? distribution : of(name, info);
  }
}
