package org.clipscribe.tensor;

/// One step of AdamW (Loshchilov and Hutter, 2019), as PyTorch's `torch.optim.AdamW` does it:
/// ```
/// m = beta1 m + (1 - beta1) g
/// v = beta2 v + (1 - beta2) g²
/// w = (1 - learningRate decay) w - learningRate m̂ / (sqrt(v̂) + epsilon)
///     where m̂ = m / (1 - beta1^step), v̂ = v / (1 - beta2^step)
/// ```
/// With a decay of 0 it is Adam (Kingma and Ba, 2015). The methods are the definition that every
/// back-end is tested against.
///
/// @param step which step of this parameter, from 1
/// @param decay weight decay; 0 for biases and layer norms, usually
public record AdamStep(
    int step, double learningRate, double beta1, double beta2, double epsilon, double decay) {
  public AdamStep {
    if (step < 1) {
      throw new IllegalArgumentException("AdamW: step " + step + ", counted from 1");
    }
  }

  /// The first moment after this step.
  public double first(double m, double gradient) {
    return beta1 * m + (1 - beta1) * gradient;
  }

  /// The second moment after this step.
  public double second(double v, double gradient) {
    return beta2 * v + (1 - beta2) * gradient * gradient;
  }

  /// The parameter after this step.
  ///
  /// @param m first moment after this step
  /// @param v second moment after this step
  public double parameter(double w, double m, double v) {
    return keep() * w - rate() * m / (Math.sqrt(v) * rootFactor() + epsilon);
  }

  /// What the decay leaves of a parameter.
  public double keep() {
    return 1 - learningRate * decay;
  }

  /// `learningRate / (1 - beta1^step)`: undoes that the first moment started from 0.
  public double rate() {
    return learningRate / (1 - Math.pow(beta1, step));
  }

  /// `1 / sqrt(1 - beta2^step)`: undoes that the second moment started from 0.
  public double rootFactor() {
    return 1 / Math.sqrt(1 - Math.pow(beta2, step));
  }
}
