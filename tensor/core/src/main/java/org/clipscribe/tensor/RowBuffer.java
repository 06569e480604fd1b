package org.clipscribe.tensor;

import org.clipscribe.tensor.autograd.Tape;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.Storage;

/// Rows that are only ever appended, like the keys and values that a decoder has seen. Not
/// thread-safe.
///
/// Tensors handed out are views of the filled part; appending writes behind them, so they stay what
/// they were. That is why there is no way to drop rows: to start over, make a new buffer.
/// Memory grows with the rows.
public final class RowBuffer {
  /// Rows there is room for at the first; as many as most captions take.
  private static final int USUAL = 48;

  private final Backend backend;
  private final int capacity;
  private final int width;
  private Storage storage;
  private int filled;

  /// @param capacity the most rows it can ever hold
  /// @param width elements a row
  public RowBuffer(Backend backend, int capacity, int width) {
    this.backend = backend;
    this.capacity = capacity;
    this.width = width;
    this.storage = backend.allocate(0);
  }

  /// Rows so far.
  public int size() {
    return filled;
  }

  /// Appends rows `[n, width]`.
  ///
  /// @return all rows so far `[size, width]`
  /// @throws IllegalArgumentException when the width differs or the buffer is full, and while a
  ///     loss is computed from the rows: no gradient flows through a buffer
  public Tensor append(Tensor rows) {
    int count = rows.shape().rows();
    if (rows.shape().last() != width || filled + count > capacity) {
      throw new IllegalArgumentException(
          "append: %s to %d of %d rows of %d".formatted(rows.shape(), filled, capacity, width));
    }
    if (Tape.tracks(rows)) {
      throw new IllegalArgumentException("append: no gradient flows through a buffer; use none");
    }
    makeRoom(filled + count);
    backend.copy(rows.storage(), rows.offset(), storage, filled * width, count * width);
    filled += count;
    return rows();
  }

  /// Copies a part of every row onto another part of it. The one way in which rows change: tensors
  /// that were handed out may change with them, so nobody may hold any.
  ///
  /// @param from column of the first element to copy
  /// @param to column of its copy
  /// @param count elements; the two parts do not overlap
  public void copyWithinRows(int from, int to, int count) {
    if (Math.min(from, to) < 0
        || Math.abs(from - to) < count
        || Math.max(from, to) + count > width) {
      throw new IllegalArgumentException(
          "rows of %d: %d elements from %d to %d".formatted(width, count, from, to));
    }
    for (int row = 0; row < filled; row++) {
      backend.copy(storage, row * width + from, storage, row * width + to, count);
    }
  }

  /// What was handed out keeps the memory it is in.
  private void makeRoom(int rows) {
    if ((long) rows * width > storage.size()) {
      int room = Math.min(capacity, Math.max(USUAL, rows + rows / 2));
      Storage larger = backend.allocate(Shape.of(room, width).size());
      backend.copy(storage, 0, larger, 0, filled * width);
      storage = larger;
    }
  }

  /// All rows so far `[size, width]`.
  public Tensor rows() {
    return Tensor.wrap(backend, storage, 0, Shape.of(filled, width));
  }
}
