package org.clipscribe.bench.peer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How llama.cpp keeps a matrix; encodings as in ggml's `quantize_row_*_ref`.
public enum GgmlType {
  F32(0) {
    @Override
    int bytes(int columns) {
      return 4 * columns;
    }

    @Override
    void encode(float[] values, int from, int columns, ByteBuffer out) {
      out.asFloatBuffer().put(values, from, columns);
    }
  },
  F16(1) {
    @Override
    int bytes(int columns) {
      return 2 * columns;
    }

    @Override
    void encode(float[] values, int from, int columns, ByteBuffer out) {
      for (int i = 0; i < columns; i++) {
        out.putShort(Float.floatToFloat16(values[from + i]));
      }
    }
  },
  BF16(30) {
    @Override
    int bytes(int columns) {
      return 2 * columns;
    }

    @Override
    void encode(float[] values, int from, int columns, ByteBuffer out) {
      for (int i = 0; i < columns; i++) {
        int bits = Float.floatToRawIntBits(values[from + i]);
        out.putShort((short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16)); // nearest, ties to even
      }
    }
  },
  /// Blocks of 32 signed bytes behind their scale in half precision.
  Q8_0(8) {
    @Override
    int bytes(int columns) {
      return columns / BLOCK * (2 + BLOCK);
    }

    @Override
    void encode(float[] values, int from, int columns, ByteBuffer out) {
      for (int block = from; block < from + columns; block += BLOCK) {
        float largest = 0;
        for (int i = block; i < block + BLOCK; i++) {
          largest = Math.max(largest, Math.abs(values[i]));
        }
        float scale = largest / 127;
        out.putShort(Float.floatToFloat16(scale));
        for (int i = block; i < block + BLOCK; i++) {
          out.put((byte) Math.round(scale == 0 ? 0 : values[i] / scale));
        }
      }
    }
  };

  private static final int BLOCK = 32;

  private final int code;

  GgmlType(int code) {
    this.code = code;
  }

  /// `enum ggml_type`.
  int code() {
    return code;
  }

  /// Of a row.
  abstract int bytes(int columns);

  abstract void encode(float[] values, int from, int columns, ByteBuffer out);

  /// One row.
  byte[] encode(float[] values, int from, int columns) {
    ByteBuffer row = ByteBuffer.allocate(bytes(columns)).order(ByteOrder.LITTLE_ENDIAN);
    encode(values, from, columns, row);
    return row.array();
  }
}
