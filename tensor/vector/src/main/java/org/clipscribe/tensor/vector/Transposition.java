package org.clipscribe.tensor.vector;

/// Turns matrices round.
final class Transposition {
  /// Rows of a block: with as many columns, both sides of it stay in a first-level cache.
  private static final int BLOCK = 64;

  private Transposition() {}

  /// `to[j][i] = from[i][j]`
  ///
  /// @param start first element of `from`, whose rows lie `stride` apart
  /// @param toStart first element of `to`, whose rows lie `toStride` apart
  /// @param columns of `from`; about 64
  static void apply(
      float[] from,
      int start,
      int stride,
      float[] to,
      int toStart,
      int toStride,
      int rows,
      int columns) {
    // Rows often lie a multiple of 4 KB apart, where a cache has room for a dozen of them.
    float[] block = new float[BLOCK * columns];
    for (int row = 0; row < rows; row += BLOCK) {
      int count = Math.min(BLOCK, rows - row);
      for (int i = 0; i < count; i++) {
        System.arraycopy(from, start + (row + i) * stride, block, i * columns, columns);
      }
      for (int j = 0; j < columns; j++) {
        int target = toStart + j * toStride + row;
        for (int i = 0; i < count; i++) {
          to[target + i] = block[i * columns + j];
        }
      }
    }
  }
}
