package org.clipscribe.tensor.vector;

import org.clipscribe.tensor.WeightFormat;

/// How the right-hand matrix of a product lies in memory.
///
/// It is cut into panels of 64 columns; a panel holds one line of 64 weights for each `k`, so that
/// a product reads it from front to back. In the reduced formats a 32-bit lane holds columns that
/// lie 16 apart: decoding then never moves data across lanes, and the layout is the same for every
/// vector width up to 16 lanes.
enum PanelFormat {
  /// Floats.
  F32(256),
  /// Lane `j` of word group `g` holds column `32g + j` below and column `32g + 16 + j` above.
  BF16(128),
  /// Lane `j` is the sum of `2^(8b)` times the weight in column `16b + j`, for `b` from 0 to 3. A
  /// shift that brings one of them to the top leaves those of lower columns below it, which
  /// [Int8Sums] removes from the sums.
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
}
