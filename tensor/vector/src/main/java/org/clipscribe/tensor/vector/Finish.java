package org.clipscribe.tensor.vector;

import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Unary;

/// What a linear layer does to its sums while they are still in the cache: `f(sum * scale + bias) +
/// residual`.
///
/// @param scales factor of each output, or empty
/// @param bias array and start of a term of each output, or empty
/// @param residual array and start of a matrix of the result's shape, or empty
/// @param outputs width of a row of the result
record Finish(
    float[] scales,
    float[] bias,
    int biasStart,
    Unary f,
    float[] residual,
    int residualStart,
    int outputs) {
  private static final float[] NONE = {};

  /// What a weight's own scales ask for, and no more.
  static Finish nothing(PanelWeight weight) {
    return new Finish(weight.scales(), NONE, 0, Unary.IDENTITY, NONE, 0, weight.outputs());
  }

  /// Finishes `width` sums of a row, from `column` on; they lie in `c` from `at` on.
  void apply(Functions functions, float[] c, int at, int row, int column, int width) {
    if (scales.length > 0) {
      Elements.zip(Binary.MULTIPLY, c, at, scales, column, c, at, width);
    }
    if (bias.length > 0) {
      Elements.zip(Binary.ADD, c, at, bias, biasStart + column, c, at, width);
    }
    if (f != Unary.IDENTITY) {
      functions.map(f, c, at, c, at, width);
    }
    if (residual.length > 0) {
      int from = residualStart + row * outputs + column;
      Elements.zip(Binary.ADD, c, at, residual, from, c, at, width);
    }
  }
}
