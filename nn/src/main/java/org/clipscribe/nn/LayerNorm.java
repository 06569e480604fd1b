package org.clipscribe.nn;

import org.clipscribe.tensor.Tensor;

/// Layer normalisation over the innermost axis (Ba et al., 2016).
///
/// @param gain `[width]`, `weight` in checkpoints
/// @param bias `[width]`
/// @param epsilon added to the variance
public record LayerNorm(Tensor gain, Tensor bias, float epsilon) {
  public static LayerNorm of(ParameterSource source, int width, float epsilon) {
    return new LayerNorm(source.get("weight", width), source.get("bias", width), epsilon);
  }

  /// @param x `[.., width]`
  /// @return the same shape
  public Tensor forward(Tensor x) {
    return x.layerNorm(gain, bias, epsilon);
  }
}
