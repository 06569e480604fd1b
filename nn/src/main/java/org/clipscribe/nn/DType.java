package org.clipscribe.nn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How elements are stored in checkpoint files, always little-endian. The names are those of
/// safetensors. Arithmetic knows floats only, so reading converts.
public enum DType {
  /// IEEE double precision.
  F64(8, true),
  /// IEEE single precision.
  F32(4, true),
  /// IEEE half precision.
  F16(2, true),
  /// The upper half of a float.
  BF16(2, true),
  I64(8, false),
  I32(4, false),
  I16(2, false),
  I8(1, false),
  U64(8, false),
  U32(4, false),
  U16(2, false),
  U8(1, false),
  /// One byte, 0 or 1.
  BOOL(1, false);

  private final int bytes;
  private final boolean floating;

  DType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /// Bytes an element.
  public int bytes() {
    return bytes;
  }

  /// Whether elements are floating-point numbers, as weights must be.
  public boolean isFloating() {
    return floating;
  }

  /// Converts the next `count` elements to floats. F64 is rounded to nearest, out of range becomes
  /// infinite; everything else is exact.
  ///
  /// @param from advanced by `count * bytes()`; its byte order is ignored
  /// @throws UnsupportedOperationException when this is not floating
  public void decode(ByteBuffer from, float[] into, int at, int count) {
    ByteBuffer source = take(from, count);
    switch (this) {
      case F32 -> source.asFloatBuffer().get(into, at, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) source.getDouble(8 * i);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.float16ToFloat(source.getShort(2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(source.getShort(2 * i) << 16);
        }
      }
      default -> throw new UnsupportedOperationException("decode: " + this + " to floats");
    }
  }

  /// Converts the next `count` elements to longs. U64 above 2^63 - 1 becomes negative.
  ///
  /// @param from advanced by `count * bytes()`; its byte order is ignored
  /// @throws UnsupportedOperationException when this is floating
  public void decode(ByteBuffer from, long[] into, int at, int count) {
    ByteBuffer source = take(from, count);
    for (int i = 0; i < count; i++) {
      into[at + i] =
          switch (this) {
            case I64, U64 -> source.getLong(8 * i);
            case I32 -> source.getInt(4 * i);
            case U32 -> Integer.toUnsignedLong(source.getInt(4 * i));
            case I16 -> source.getShort(2 * i);
            case U16 -> Short.toUnsignedLong(source.getShort(2 * i));
            case I8 -> source.get(i);
            case U8 -> Byte.toUnsignedLong(source.get(i));
            case BOOL -> source.get(i) == 0 ? 0 : 1;
            default -> throw new UnsupportedOperationException("decode: " + this + " to longs");
          };
    }
  }

  /// Stores floats as this type, rounded to nearest even. Appends to `into`.
  ///
  /// @throws UnsupportedOperationException when this is not floating
  public void encode(float[] from, int at, int count, ByteBuffer into) {
    ByteBuffer target = take(into, count);
    for (int i = 0; i < count; i++) {
      float value = from[at + i];
      switch (this) {
        case F32 -> target.putFloat(4 * i, value);
        case F64 -> target.putDouble(8 * i, value);
        case F16 -> target.putShort(2 * i, Float.floatToFloat16(value));
        case BF16 -> target.putShort(2 * i, toBfloat16(value));
        default -> throw new UnsupportedOperationException("encode: floats to " + this);
      }
    }
  }

  /// Stores longs as this type; the upper bits are dropped. Appends to `into`.
  ///
  /// @throws UnsupportedOperationException when this is floating
  public void encode(long[] from, int at, int count, ByteBuffer into) {
    ByteBuffer target = take(into, count);
    for (int i = 0; i < count; i++) {
      long value = from[at + i];
      switch (this) {
        case I64, U64 -> target.putLong(8 * i, value);
        case I32, U32 -> target.putInt(4 * i, (int) value);
        case I16, U16 -> target.putShort(2 * i, (short) value);
        case I8, U8 -> target.put(i, (byte) value);
        case BOOL -> target.put(i, (byte) (value == 0 ? 0 : 1));
        default -> throw new UnsupportedOperationException("encode: longs to " + this);
      }
    }
  }

  /// The next `count` elements as a little-endian buffer of their own; `buffer` moves past them.
  private ByteBuffer take(ByteBuffer buffer, int count) {
    ByteBuffer part = buffer.slice(buffer.position(), count * bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.position(buffer.position() + count * bytes);
    return part;
  }

  private static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40); // quiet, so that dropping bits cannot make an infinity
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16); // ties go to the even neighbour
  }
}
