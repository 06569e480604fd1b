package org.clipscribe.convert;

import java.util.ArrayList;
import java.util.List;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;

/// What of a foreign tensor makes one of ours.
enum Piece {
  WHOLE(0, 1),
  /// The first third of the rows: queries, where a file keeps queries, keys and values in one.
  THIRD_1(0, 3),
  THIRD_2(1, 3),
  THIRD_3(2, 3),
  /// `[in, out]` for `[out, in]`.
  TRANSPOSED(0, 1),
  /// Without the leading axes of extent 1.
  SQUEEZED(0, 1);

  private final int index;
  private final int count;

  Piece(int index, int count) {
    this.index = index;
    this.count = count;
  }

  /// @param word `1/3`, `2/3`, `3/3`, `transposed` or `squeezed`
  static Piece of(String word) {
    return switch (word) {
      case "1/3" -> THIRD_1;
      case "2/3" -> THIRD_2;
      case "3/3" -> THIRD_3;
      case "transposed" -> TRANSPOSED;
      case "squeezed" -> SQUEEZED;
      default -> throw new IllegalArgumentException("no piece of a tensor: " + word);
    };
  }

  /// Shape and type of the piece.
  ///
  /// @throws BadInputException when the tensor cannot be cut so
  TensorInfo info(NamedTensors from, String name) {
    TensorInfo whole = from.info(name);
    List<Long> shape = whole.shape();
    if (this == WHOLE) {
      return whole;
    }
    if (this == TRANSPOSED) {
      if (shape.size() != 2) {
        throw new BadInputException(
            from.origin(), "tensor " + name + " is " + whole + ", expected a matrix");
      }
      return new TensorInfo(whole.dtype(), shape.reversed());
    }
    if (this == SQUEEZED) {
      return new TensorInfo(
          whole.dtype(), shape.stream().dropWhile(extent -> extent == 1).toList());
    }
    if (shape.isEmpty() || shape.getFirst() % count != 0) {
      throw new BadInputException(
          from.origin(),
          "tensor " + name + " is " + whole + ", expected queries, keys and values in one");
    }
    List<Long> third = new ArrayList<>(shape);
    third.set(0, shape.getFirst() / count);
    return new TensorInfo(whole.dtype(), third);
  }

  /// Reads elements of the piece.
  void read(NamedTensors from, String name, long first, int count, float[] into) {
    if (this != TRANSPOSED) {
      long skipped = from.info(name).elements() / this.count * index;
      from.readFloats(name, skipped + first, count, into);
      return;
    }
    // Only projections are stored so: a few megabytes.
    float[] whole = from.floats(name);
    int columns = Math.toIntExact(from.info(name).shape().getLast());
    int rows = columns == 0 ? 0 : whole.length / columns;
    for (int i = 0; i < count; i++) {
      int at = Math.toIntExact(first + i);
      into[i] = whole[at % rows * columns + at / rows];
    }
  }
}
