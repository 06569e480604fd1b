package org.clipscribe.nn.training;

import org.clipscribe.tensor.autograd.Gradients;

/// Keeps a step from going too far (Pascanu et al., 2013): gradients whose norm, taken over all of
/// them together, is above a limit are scaled down to it. Mirrors `torch.nn.utils.clip_grad_norm_`.
public final class GlobalNorm {
  /// PyTorch's guard against dividing by 0.
  private static final double GUARD = 1e-6;

  private GlobalNorm() {}

  /// @param limit positive; infinity never scales
  /// @return the norm before
  public static double clip(Gradients gradients, double limit) {
    double norm = Math.sqrt(gradients.sumOfSquares());
    double factor = limit / (norm + GUARD);
    if (factor < 1) {
      gradients.scale((float) factor);
    }
    return norm;
  }
}
