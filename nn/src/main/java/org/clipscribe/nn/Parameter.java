package org.clipscribe.nn;

import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;

/// A parameter of a loaded model under the name and shape that it has in files.
public sealed interface Parameter {
  /// Its full name, like `gpt2.h.0.attn.c_attn.weight`.
  String name();

  /// Type and shape in a file.
  TensorInfo info();

  /// A bias, a gain or the like.
  record Vector(String name, TensorInfo info, Tensor value) implements Parameter {}

  /// A matrix in the layout of its back-end.
  ///
  /// @param transposed whether rows in the file are inputs: GPT-2's Conv1D
  record Matrix(String name, TensorInfo info, boolean transposed, PackedWeight value)
      implements Parameter {}
}
