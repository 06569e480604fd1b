package org.clipscribe.captioner;

import org.clipscribe.tensor.Tensor;

/// What a decoder is given of pictures.
public sealed interface ImageContext {
  /// Rows that it reads before the text, as if they were words.
  ///
  /// @param rows `[B, P, C]`
  record Prefix(Tensor rows) implements ImageContext {}

  /// States that every block looks at beside the text, by cross-attention.
  ///
  /// @param states `[B, N, C]`
  record States(Tensor states) implements ImageContext {}
}
