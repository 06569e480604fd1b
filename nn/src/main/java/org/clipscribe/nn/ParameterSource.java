package org.clipscribe.nn;

import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;

/// Where a model gets its parameters from: a cursor into a tree of names.
///
/// A model asks for what it needs by name and shape, and what was asked for is its state dict. A
/// source does not throw at the first name that does not fit: it collects all missing, unexpected
/// and mis-shaped names and reports them at once, after the whole model was built against it. So a
/// model only stores what it gets here and computes nothing with it while it is built.
public interface ParameterSource {
  /// The source one level down; names are joined by dots.
  ParameterSource at(String name);

  default ParameterSource at(int index) {
    return at(Integer.toString(index));
  }

  /// Whether there is a parameter of this name below this place, for parts that a model may lack.
  boolean has(String name);

  /// A parameter as a tensor.
  Tensor get(String name, int... shape);

  /// The matrix of a linear layer, stored `[outputs, inputs]`. Several inputs are one flattened
  /// axis, as in the convolution over patches, stored `[width, channels, patch, patch]`.
  PackedWeight linear(String name, int outputs, int... inputs);

  /// The matrix of a linear layer, stored `[inputs, outputs]`: GPT-2's Conv1D.
  PackedWeight conv1d(String name, int inputs, int outputs);
}
