package org.clipscribe.tensor.spi;

import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;

/// What an optimiser does to parameters, gradients and moments.
///
/// These operations change their first argument in place: the one exception to the rule that
/// tensors never change, because a second copy of a model is what training can least afford. Only
/// the owner of a parameter calls them, and not while a loss is computed from it. Views see the
/// change.
///
/// Gradients and moments of a packed weight are packed weights themselves, in format F32 and in the
/// layout of the weight, so that a step goes over equal layouts element by element.
public interface ParameterOperations {
  /// `target += x`, of equal shape.
  void addTo(Tensor target, Tensor x);

  /// `target += x` where `x` covers entries from `from` on of an axis of the target.
  void addToSlice(Tensor target, int axis, int from, Tensor x);

  /// `target *= factor`
  void scale(Tensor target, float factor);

  /// The sum of the squares of all elements, added up in double precision and always in the same
  /// order.
  double sumOfSquares(Tensor x);

  /// One step of AdamW: changes the parameter and both moments.
  ///
  /// @param first moment, 0 before the first step; all four are of the same shape
  void adamW(AdamStep step, Tensor parameter, Tensor gradient, Tensor first, Tensor second);

  /// A weight in format F32 of the same size and layout, all zeros: room for a gradient or a
  /// moment.
  PackedWeight zerosLike(PackedWeight weight);

  /// Gives back what [#zerosLike] has made; it may not be used afterwards.
  void release(PackedWeight weight);

  /// `target += x`, of equal size and both in format F32.
  void addTo(PackedWeight target, PackedWeight x);

  /// `target[rows[i]] += values[i]` for each `i` in order; a row may be named more than once.
  ///
  /// @param values `[rows.length, inputs]`
  void addRows(PackedWeight target, int[] rows, Tensor values);

  /// `target *= factor`
  void scale(PackedWeight target, float factor);

  /// The same as for a tensor; in the order of the layout.
  double sumOfSquares(PackedWeight x);

  /// The same as for tensors.
  void adamW(
      AdamStep step,
      PackedWeight parameter,
      PackedWeight gradient,
      PackedWeight first,
      PackedWeight second);

  /// A packed weight as a matrix again, for saving: the reverse of [Backend#pack]. Nothing is
  /// copied before it is read.
  ///
  /// @param transposed whether to read `[inputs, outputs]` instead of `[outputs, inputs]`
  MatrixSource unpack(PackedWeight weight, boolean transposed);
}
