package org.clipscribe.nn;

import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;

/// A place in the tree of names. It joins names; what a full name gives is up to [Parameters].
record ParameterCursor(Parameters parameters, String prefix) implements ParameterSource {
  /// Parameters by full name.
  interface Parameters {
    boolean has(String name);

    Tensor tensor(String name, int[] shape);

    /// @param shape as stored; all but the first axis count as one
    /// @param transposed whether rows are inputs
    PackedWeight matrix(String name, int[] shape, boolean transposed);
  }

  @Override
  public ParameterSource at(String name) {
    return new ParameterCursor(parameters, prefix + name + ".");
  }

  @Override
  public boolean has(String name) {
    return parameters.has(prefix + name);
  }

  @Override
  public Tensor get(String name, int... shape) {
    return parameters.tensor(prefix + name, shape.clone());
  }

  @Override
  public PackedWeight linear(String name, int outputs, int... inputs) {
    int[] shape = new int[inputs.length + 1];
    shape[0] = outputs;
    System.arraycopy(inputs, 0, shape, 1, inputs.length);
    return parameters.matrix(prefix + name, shape, false);
  }

  @Override
  public PackedWeight conv1d(String name, int inputs, int outputs) {
    return parameters.matrix(prefix + name, new int[] {inputs, outputs}, true);
  }

  /// Elements of a row: all axes but the first.
  static int columns(int[] shape) {
    int columns = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      columns = Math.multiplyExact(columns, shape[axis]);
    }
    return columns;
  }
}
