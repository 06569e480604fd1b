package org.clipscribe.nn;

import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// A table of vectors, looked up by index. Packed like any weight, so that a tied output head can
/// multiply by it.
///
/// @param table `[entries, width]`
public record Embedding(PackedWeight table) {
  public static Embedding of(ParameterSource source, int entries, int width) {
    return new Embedding(source.linear("weight", entries, width));
  }

  /// @param backend where the table was packed
  /// @param indices each from 0 to below `entries`
  /// @return `[indices.length, width]`
  /// @throws IndexOutOfBoundsException when an index is outside the table
  public Tensor forward(Backend backend, int... indices) {
    return Tensor.rows(backend, table, indices);
  }

  /// The table used the other way round, as the output head that shares it.
  ///
  /// @param x `[.., width]`
  /// @return a score for each entry `[.., entries]`
  public Tensor scores(Tensor x) {
    return new Linear(table, null).forward(x);
  }
}
