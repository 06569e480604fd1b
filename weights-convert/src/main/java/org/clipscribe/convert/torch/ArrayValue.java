package org.clipscribe.convert.torch;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a pickled list of arrays can hold. All of it is inert: a name of something in Python is one
/// of [Name], and nothing here can be called.
///
/// Those that Python fills after it made them are classes, so that a place that remembers one
/// early sees what it became.
sealed interface ArrayValue {
  record Text(String text) implements ArrayValue {}

  record Whole(long number) implements ArrayValue {}

  /// None, a truth value or a number that nobody needs.
  enum Other implements ArrayValue {
    NONE,
    TRUE,
    FALSE,
    NUMBER,
    DICT
  }

  /// Bytes in the file, which are not read.
  record Bytes(long offset, long length) implements ArrayValue {}

  record Tuple(List<ArrayValue> items) implements ArrayValue {
    public Tuple {
      items = List.copyOf(items);
    }
  }

  final class Listing implements ArrayValue {
    final List<ArrayValue> items = new ArrayList<>();
  }

  /// A type of elements as numpy calls it, like `f4`.
  final class Dtype implements ArrayValue {
    final String code;
    String order = "=";

    Dtype(String code) {
      this.code = code;
    }
  }

  /// An array of numpy or a tensor of torch, once it is known what is in it.
  final class Array implements ArrayValue {
    @Nullable Content content;
  }

  /// @param dtype like `<f4`
  record Content(List<Long> shape, String dtype, long offset, long length) {}

  /// The numbers behind a tensor.
  record Storage(String dtype, long offset, long elements) implements ArrayValue {}

  /// The names that arrays need.
  enum Name implements ArrayValue {
    RECONSTRUCT,
    FROM_BUFFER,
    NDARRAY,
    DTYPE,
    REBUILD_TENSOR,
    LOAD_FROM_BYTES,
    ORDERED_DICT
  }
}
