package org.clipscribe.tensor;

/// A matrix in the layout that a back-end multiplies by fastest: what a linear layer holds. Opaque;
/// made by [org.clipscribe.tensor.spi.Backend#pack] and understood only by the back-end that made
/// it.
public interface PackedWeight {
  /// Rows of the matrix: outputs of the linear layer, or entries of an embedding table.
  int outputs();

  /// Columns of the matrix: inputs of the linear layer, or the width of an embedding.
  int inputs();

  WeightFormat format();

  /// Memory held, padding included.
  long byteSize();
}
