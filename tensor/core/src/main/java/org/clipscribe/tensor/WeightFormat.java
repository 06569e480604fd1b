package org.clipscribe.tensor;

/// How a back-end keeps the weights of a matrix. Arithmetic stays in float: these are storage
/// formats.
public enum WeightFormat {
  /// IEEE single precision, 4 bytes a weight.
  F32,
  /// The upper half of a float, rounded to nearest even: 8 bits of precision, 2 bytes a weight.
  BF16,
  /// Signed bytes with one scale an output, `largest |weight| / 127`: 1 byte a weight.
  INT8
}
