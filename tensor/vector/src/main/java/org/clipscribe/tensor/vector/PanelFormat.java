package org.clipscribe.tensor.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.WeightFormat;

/// How the right-hand matrix of a product lies in memory.
///
/// It is cut into panels of 64 columns; a panel holds one line of 64 weights for each `k`, so that
/// a product reads it from front to back. In the reduced formats a 32-bit lane holds columns that
/// lie 16 apart: decoding then never moves data across lanes, and the layout is the same for every
/// vector width up to 16 lanes.
enum PanelFormat {
  /// Floats on the Java heap: a matrix that is an activation, packed for one product.
  HEAP(256),
  /// Floats.
  F32(256),
  /// Lane `j` of word group `g` holds column `32g + j` below and column `32g + 16 + j` above.
  BF16(128),
  /// Byte `b` of lane `j` holds column `16b + j`.
  INT8(64);

  /// Columns of a panel.
  static final int COLUMNS = 64;

  /// Columns in a part of a line, the distance of columns that share a lane.
  static final int PART = 16;

  /// Bytes that a line of 64 weights takes.
  final int lineBytes;

  PanelFormat(int lineBytes) {
    this.lineBytes = lineBytes;
  }

  static PanelFormat of(WeightFormat format) {
    return switch (format) {
      case F32 -> F32;
      case BF16 -> BF16;
      case INT8 -> INT8;
    };
  }

  static int panels(int columns) {
    return Math.ceilDiv(columns, COLUMNS);
  }

  /// Weights `lane .. lane + Lanes.COUNT` of a part of a line, as floats.
  ///
  /// The format is the same all through a loop, so C2 takes the decision out of it, and after
  /// inlining with a constant part loads each word once. No helpers in here: a vector that crosses a
  /// call that C2 did not inline is an object.
  ///
  /// @param panel the panel, except for `HEAP`
  /// @param heap holds the panel from `start`, for `HEAP`
  /// @param part 0 .. 3
  static FloatVector load(
      PanelFormat format,
      MemorySegment panel,
      float[] heap,
      int start,
      int line,
      int lane,
      int part) {
    if (format == F32) {
      long at = (line * (long) COLUMNS + lane + part * PART) * Float.BYTES;
      return FloatVector.fromMemorySegment(Lanes.FLOATS, panel, at, ByteOrder.nativeOrder());
    }
    if (format == BF16) {
      long at = (line * 32L + (part >> 1) * PART + lane) * Integer.BYTES;
      IntVector words =
          IntVector.fromMemorySegment(Lanes.INTS, panel, at, ByteOrder.nativeOrder());
      IntVector bits =
          (part & 1) == 0 ? words.lanewise(VectorOperators.LSHL, 16) : words.and(0xffff0000);
      return bits.reinterpretAsFloats();
    }
    if (format == INT8) {
      long at = (line * 16L + lane) * Integer.BYTES;
      IntVector words =
          IntVector.fromMemorySegment(Lanes.INTS, panel, at, ByteOrder.nativeOrder());
      IntVector weights =
          words.lanewise(VectorOperators.LSHL, 24 - 8 * part).lanewise(VectorOperators.ASHR, 24);
      return (FloatVector) weights.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0);
    }
    return FloatVector.fromArray(Lanes.FLOATS, heap, start + line * COLUMNS + lane + part * PART);
  }
}
