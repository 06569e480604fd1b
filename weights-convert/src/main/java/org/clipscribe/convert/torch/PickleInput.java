package org.clipscribe.convert.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.clipscribe.nn.BadInputException;

/// The bytes of a pickle, read forwards. Lengths are checked against what is left before anything
/// is allocated for them.
final class PickleInput {
  private static final int BUFFER_BYTES = 8192;

  /// A module and a name of Python; longer lines are not one.
  private static final int LINE_MAX = 1000;

  private final FileSlice slice;
  private final String where;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long loaded;

  /// @param where names the part of the file in errors
  PickleInput(FileSlice slice, String where) {
    this.slice = slice;
    this.where = where;
  }

  /// Bytes taken so far.
  long position() {
    return loaded - buffer.remaining();
  }

  long remaining() {
    return slice.length() - position();
  }

  int u8() {
    return Byte.toUnsignedInt(take(1).get());
  }

  int u16() {
    return Short.toUnsignedInt(take(Short.BYTES).getShort());
  }

  int i32() {
    return take(Integer.BYTES).getInt();
  }

  /// The only number that pickles hold most significant byte first.
  double f64() {
    return Double.longBitsToDouble(Long.reverseBytes(take(Long.BYTES).getLong()));
  }

  /// A signed integer of up to 255 bytes, least significant first, that must fit a `long`.
  long integer(int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      int next = u8();
      if (i < Long.BYTES) {
        value |= (long) next << (8 * i);
      } else if (next != (value < 0 ? 0xff : 0)) {
        throw refuse("holds an integer of more than 64 bits");
      }
    }
    int unused = Long.SIZE - 8 * Math.min(length, Long.BYTES);
    return length == 0 ? 0 : value << unused >> unused;
  }

  /// @param length bytes, at most what remains
  String text(int length) {
    byte[] bytes = new byte[length];
    int near = Math.min(buffer.remaining(), bytes.length);
    buffer.get(bytes, 0, near);
    if (near < bytes.length) {
      slice.read(loaded, ByteBuffer.wrap(bytes, near, bytes.length - near));
      loaded += bytes.length - near;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(slice.file(), where + " holds a string that is not UTF-8", e);
    }
  }

  /// Passes over bytes that are wanted later or never.
  void skip(long count) {
    if (count < 0 || count > remaining()) {
      throw refuse("is truncated: " + count + " bytes are announced, " + remaining() + " left");
    }
    if (count <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) count);
    } else {
      loaded = position() + count;
      buffer.clear().limit(0);
    }
  }

  /// Text up to a line feed, which is taken and dropped.
  String line() {
    StringBuilder line = new StringBuilder();
    for (int c = u8(); c != '\n'; c = u8()) {
      if (line.length() == LINE_MAX) {
        throw refuse("holds a name of a length over " + LINE_MAX);
      }
      line.append((char) c);
    }
    return line.toString();
  }

  BadInputException refuse(String cause) {
    return new BadInputException(slice.file(), where + " (byte " + position() + ") " + cause);
  }

  private ByteBuffer take(int count) {
    if (buffer.remaining() < count) {
      if (remaining() < count) {
        throw refuse("is truncated: the stream ends without STOP");
      }
      long position = position();
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, slice.length() - position));
      slice.read(position, buffer);
      buffer.flip();
      loaded = position + buffer.limit();
    }
    return buffer;
  }
}
