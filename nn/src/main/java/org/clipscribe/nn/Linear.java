package org.clipscribe.nn;

import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.jspecify.annotations.Nullable;

/// A fully connected layer, `y = x Wᵀ + b`.
///
/// @param weight `[outputs, inputs]`
/// @param bias `[outputs]`, or null for a layer without
public record Linear(PackedWeight weight, @Nullable Tensor bias) {
  /// `weight [outputs, inputs]` and `bias [outputs]`, as PyTorch's `nn.Linear` stores them.
  public static Linear of(ParameterSource source, int inputs, int outputs) {
    return new Linear(source.linear("weight", outputs, inputs), source.get("bias", outputs));
  }

  /// `weight [outputs, inputs]` alone.
  public static Linear withoutBias(ParameterSource source, int inputs, int outputs) {
    return new Linear(source.linear("weight", outputs, inputs), null);
  }

  /// `weight [inputs, outputs]` and `bias [outputs]`, as GPT-2's `Conv1D` stores them.
  public static Linear conv1d(ParameterSource source, int inputs, int outputs) {
    return new Linear(source.conv1d("weight", inputs, outputs), source.get("bias", outputs));
  }

  /// @param x `[.., inputs]`
  /// @return `[.., outputs]`
  public Tensor forward(Tensor x) {
    return x.linear(weight, bias, Unary.IDENTITY, null);
  }

  /// `f(x Wᵀ + b)`
  public Tensor forward(Tensor x, Unary f) {
    return x.linear(weight, bias, f, null);
  }

  /// `x Wᵀ + b + residual`
  ///
  /// @param residual of the shape of the result
  public Tensor forward(Tensor x, Tensor residual) {
    return x.linear(weight, bias, Unary.IDENTITY, residual);
  }
}
