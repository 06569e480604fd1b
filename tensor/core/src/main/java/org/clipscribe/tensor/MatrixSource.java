package org.clipscribe.tensor;

/// A matrix that is read a few rows at a time, so that packing a weight never needs a second copy
/// of it in memory.
public interface MatrixSource {
  int rows();

  int columns();

  /// Copies rows `first .. first + count` to the start of `into`, row-major.
  void read(int first, int count, float[] into);

  /// A matrix that already lies in memory, row-major.
  static MatrixSource of(int rows, int columns, float[] values) {
    if (values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "matrix: " + values.length + " values for [" + rows + ", " + columns + "]");
    }
    return new MatrixSource() {
      @Override
      public int rows() {
        return rows;
      }

      @Override
      public int columns() {
        return columns;
      }

      @Override
      public void read(int first, int count, float[] into) {
        System.arraycopy(values, first * columns, into, 0, count * columns);
      }
    };
  }
}
