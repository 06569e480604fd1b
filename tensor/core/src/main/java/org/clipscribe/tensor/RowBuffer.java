package org.clipscribe.tensor;

import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.Storage;

/// Rows that are only ever appended, like the keys and values that a decoder has seen. Not
/// thread-safe.
///
/// Tensors handed out are views of the filled part; appending writes behind them, so they stay what
/// they were. That is why there is no way to change or drop rows: to start over, make a new buffer.
public final class RowBuffer {
  private final Backend backend;
  private final Storage storage;
  private final int capacity;
  private final int width;
  private int filled;

  /// @param capacity the most rows it can ever hold
  /// @param width elements a row
  public RowBuffer(Backend backend, int capacity, int width) {
    this.backend = backend;
    this.storage = backend.allocate(Shape.of(capacity, width).size());
    this.capacity = capacity;
    this.width = width;
  }

  /// Rows so far.
  public int size() {
    return filled;
  }

  /// Appends rows `[n, width]`.
  ///
  /// @return all rows so far `[size, width]`
  /// @throws IllegalArgumentException when the width differs or the buffer is full
  public Tensor append(Tensor rows) {
    int count = rows.shape().rows();
    if (rows.shape().last() != width || filled + count > capacity) {
      throw new IllegalArgumentException(
          "append: %s to %d of %d rows of %d".formatted(rows.shape(), filled, capacity, width));
    }
    backend.copy(rows.storage(), rows.offset(), storage, filled * width, count * width);
    filled += count;
    return rows();
  }

  /// All rows so far `[size, width]`.
  public Tensor rows() {
    return Tensor.wrap(backend, storage, 0, Shape.of(filled, width));
  }
}
