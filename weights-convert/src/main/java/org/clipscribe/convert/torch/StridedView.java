package org.clipscribe.convert.torch;

import java.util.List;

/// Which elements of a storage make up a tensor, and in which order: what torch calls size, stride
/// and storage offset. Checked when made, so every index it gives lies inside the storage.
final class StridedView {
  /// As many axes as torch allows.
  private static final int RANK_MAX = 64;

  /// Expanded views (a stride of 0) may describe far more elements than a file holds. Beyond these
  /// 64 MB of floats nobody means it.
  private static final long EXPANDED_MAX = 1 << 24;

  private final long offset;
  private final long[] sizes;
  private final long[] strides;
  private final long elements;

  private StridedView(long offset, long[] sizes, long[] strides, long elements) {
    this.offset = offset;
    this.sizes = sizes;
    this.strides = strides;
    this.elements = elements;
  }

  /// @param stored elements of the storage
  /// @throws IllegalArgumentException when the view does not lie inside it; the message is for a
  ///     user
  static StridedView of(long offset, List<Long> sizes, List<Long> strides, long stored) {
    if (sizes.size() != strides.size() || sizes.size() > RANK_MAX) {
      throw new IllegalArgumentException(
          "has " + sizes.size() + " sizes and " + strides.size() + " strides");
    }
    String view = "is a view of size %s, stride %s, offset %d".formatted(sizes, strides, offset);
    long elements = 1;
    long last = offset;
    try {
      for (int axis = 0; axis < sizes.size(); axis++) {
        long size = sizes.get(axis);
        long stride = strides.get(axis);
        if (size < 0 || stride < 0 || offset < 0) {
          throw new IllegalArgumentException(view + ": none may be negative");
        }
        elements = Math.multiplyExact(elements, size);
        last = Math.addExact(last, Math.multiplyExact(Math.max(size - 1, 0), stride));
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(view + ", which overflows its storage", e);
    }
    if (offset < 0 || (elements == 0 ? offset > stored : last >= stored)) {
      throw new IllegalArgumentException(
          view + ", which runs out of its storage of " + stored + " elements");
    }
    if (elements > stored && elements > EXPANDED_MAX) {
      throw new IllegalArgumentException(
          view + ", which repeats a storage of " + stored + " elements too often");
    }
    return new StridedView(
        offset,
        sizes.stream().mapToLong(Long::longValue).toArray(),
        strides.stream().mapToLong(Long::longValue).toArray(),
        elements);
  }

  long elements() {
    return elements;
  }

  /// The storage's index of the first element.
  long offset() {
    return offset;
  }

  /// Whether the elements lie one behind the other, in order.
  boolean contiguous() {
    long expected = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      if (sizes[axis] != 1 && strides[axis] != expected) {
        return elements == 0;
      }
      expected *= sizes[axis];
    }
    return true;
  }

  /// The storage's indices of consecutive elements, row-major.
  ///
  /// @param first of the first element
  /// @param indices filled
  void indices(long first, long[] indices) {
    long[] at = new long[sizes.length];
    long index = offset;
    long rest = first;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      at[axis] = rest % sizes[axis];
      rest /= sizes[axis];
      index += at[axis] * strides[axis];
    }
    for (int i = 0; i < indices.length; i++) {
      indices[i] = index;
      for (int axis = sizes.length - 1; axis >= 0; axis--) {
        index += strides[axis];
        if (++at[axis] < sizes[axis]) {
          break;
        }
        index -= sizes[axis] * strides[axis];
        at[axis] = 0;
      }
    }
  }
}
