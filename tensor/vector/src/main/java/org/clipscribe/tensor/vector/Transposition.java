package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;

import java.util.Arrays;

/// Turns matrices round.
final class Transposition {
  /// Rows of a block: with as many columns, both sides of it stay in a first-level cache.
  private static final int BLOCK = 64;

  /// Whether the CPU loads a vector from places of a list; NEON, of 128 bits, does not, and the
  /// Java library would emulate it.
  private static final boolean GATHERS = COUNT >= 8;

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
    int[] down = new int[COUNT]; // the elements of a column below each other in the block
    Arrays.setAll(down, i -> i * columns);
    for (int row = 0; row < rows; row += BLOCK) {
      int count = Math.min(BLOCK, rows - row);
      for (int i = 0; i < count; i++) {
        System.arraycopy(from, start + (row + i) * stride, block, i * columns, columns);
      }
      for (int j = 0; j < columns; j++) {
        int target = toStart + j * toStride + row;
        int bound = GATHERS ? FLOATS.loopBound(count) : 0;
        for (int i = 0; i < bound; i += COUNT) {
          fromArray(FLOATS, block, i * columns + j, down, 0).intoArray(to, target + i);
        }
        for (int i = bound; i < count; i++) {
          to[target + i] = block[i * columns + j];
        }
      }
    }
  }
}
