package org.clipscribe.captioner;

import org.clipscribe.tensor.Tensor;

/// What a decoder is given of pictures.
public sealed interface ImageContext {
  /// These pictures and after them others: their counts `B` add up.
  ///
  /// @param others seen by the same reader
  /// @throws ClassCastException when they are of the other kind
  /// @throws IllegalArgumentException when an extent but the first differs
  ImageContext and(ImageContext others);

  /// Rows that it reads before the text, as if they were words.
  ///
  /// @param rows `[B, P, C]`
  record Prefix(Tensor rows) implements ImageContext {
    @Override
    public Prefix and(ImageContext others) {
      return new Prefix(Tensor.concatenate(0, rows, ((Prefix) others).rows));
    }
  }

  /// States that every block looks at beside the text, by cross-attention.
  ///
  /// @param states `[B, N, C]`
  record States(Tensor states) implements ImageContext {
    @Override
    public States and(ImageContext others) {
      return new States(Tensor.concatenate(0, states, ((States) others).states));
    }
  }
}
