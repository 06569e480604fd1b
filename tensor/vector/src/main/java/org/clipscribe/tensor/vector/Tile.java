package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import jdk.incubator.vector.FloatVector;
import org.clipscribe.tensor.vector.Products.Matrix;

/// The sums of a tile, 5 rows of 64 columns, one row after the other.
///
/// A kernel reaches all of them from one address, and need not know how wide the result is. General
/// registers are what it has too few of: C2 keeps what does not fit in vector registers and fetches
/// it back for each line of weights, on the ports that multiply. Started with
/// `-XX:-UseFPUForSpilling`, it does not; see `docs/adr/0021`.
final class Tile {
  /// 5 x 4 vectors of sums, 4 of weights and 1 of the row fill 25 of 32 registers; a sixth row
  /// costs the reduced formats a fifth of their speed.
  static final int ROWS = 5;

  /// Where a kernel leaves what it read ahead, so that C2 cannot leave the reading out.
  static final int SEEN = ROWS * COLUMNS;

  private Tile() {}

  /// Room for a tile, `[5, 64]` and one more. Rows and columns that a product does not have hold
  /// anything.
  static float[] sums() {
    return new float[ROWS * COLUMNS + 1];
  }

  /// Copies `rows` rows of `c`, from `row` on, `width` columns, into `sums`.
  static void load(Matrix c, int row, int rows, int width, float[] sums) {
    for (int i = 0; i < rows; i++) {
      copy(c.array(), c.at(row + i, 0), sums, i * COLUMNS, width);
    }
  }

  /// The way back.
  static void store(float[] sums, Matrix c, int row, int rows, int width) {
    for (int i = 0; i < rows; i++) {
      copy(sums, i * COLUMNS, c.array(), c.at(row + i, 0), width);
    }
  }

  /// Up to 64 elements. With the JVM's own copy of whole rows attention takes a tenth longer, for
  /// its products have only 64 lines.
  private static void copy(float[] from, int start, float[] to, int end, int width) {
    if (width < COLUMNS) {
      System.arraycopy(from, start, to, end, width);
      return;
    }
    for (int i = 0; i < COLUMNS; i += Lanes.COUNT) {
      FloatVector.fromArray(Lanes.FLOATS, from, start + i).intoArray(to, end + i);
    }
  }
}
