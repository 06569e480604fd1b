package org.clipscribe.media.video;

import org.clipscribe.media.video.FileBytes.Damage;

/// The bits of an H.264 network abstraction layer unit, emulation prevention taken out.
final class BitString {
  private final byte[] bytes;
  private final int size;
  private int at;

  private BitString(byte[] bytes, int size) {
    this.bytes = bytes;
    this.size = size;
  }

  /// @param unit a unit with its header of one byte
  /// @param most how many bytes are looked at
  static BitString of(byte[] unit, int from, int to, int most) {
    byte[] plain = new byte[Math.min(most, to - from)];
    int zeros = 0;
    int size = 0;
    for (int i = from; i < to && size < plain.length; i++) {
      if (zeros >= 2 && unit[i] == 3) {
        zeros = 0;
      } else {
        zeros = unit[i] == 0 ? zeros + 1 : 0;
        plain[size++] = unit[i];
      }
    }
    return new BitString(plain, size);
  }

  /// An unsigned number of so many bits, up to 32.
  int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      if (at >= 8 * size) {
        throw new Damage("a header of its H.264 stream is cut");
      }
      value = value << 1 | (bytes[at >> 3] >> (7 - (at & 7)) & 1);
      at++;
    }
    return value;
  }

  boolean flag() {
    return bits(1) == 1;
  }

  /// An unsigned Exp-Golomb number.
  int unsigned() {
    int zeros = 0;
    while (!flag()) {
      zeros++;
      if (zeros > 31) {
        throw new Damage("a number in a header of its H.264 stream has more than 32 bits");
      }
    }
    return (1 << zeros) - 1 + bits(zeros);
  }

  /// A signed Exp-Golomb number.
  int signed() {
    int code = unsigned();
    return (code & 1) == 1 ? (code >>> 1) + 1 : -(code >>> 1);
  }
}
