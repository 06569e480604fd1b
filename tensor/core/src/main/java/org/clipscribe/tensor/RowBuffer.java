package org.clipscribe.tensor;

import org.clipscribe.tensor.autograd.Tape;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.Storage;

/// Rows that are only ever appended, like the keys and values that a decoder has seen. Not
/// thread-safe.
///
/// Tensors handed out are views of the filled part; appending writes behind them, so they stay what
/// they were. That is why there is no way to change or drop rows: to start over, make a new buffer.
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
