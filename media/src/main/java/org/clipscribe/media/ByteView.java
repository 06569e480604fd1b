package org.clipscribe.media;

import java.nio.charset.StandardCharsets;

/// Numbers at places in a file's bytes, never outside of them.
///
/// @param bytes the file
/// @param start where offset 0 is
/// @param end one past the last byte that may be read
/// @param littleEndian byte order of numbers
record ByteView(byte[] bytes, int start, int end, boolean littleEndian) {

  /// A file ends, or a segment of it, before something that should be there.
  static final class TruncatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TruncatedException() {
      super("truncated", null, false, false);
    }
  }

  static ByteView bigEndian(byte[] bytes) {
    return new ByteView(bytes, 0, bytes.length, false);
  }

  static ByteView littleEndian(byte[] bytes) {
    return new ByteView(bytes, 0, bytes.length, true);
  }

  int size() {
    return end - start;
  }

  int u8(long at) {
    return bytes[index(at, 1)] & 0xff;
  }

  int u16(long at) {
    int i = index(at, 2);
    int first = bytes[i] & 0xff;
    int second = bytes[i + 1] & 0xff;
    return littleEndian ? second << 8 | first : first << 8 | second;
  }

  long u32(long at) {
    long first = u16(at);
    long second = u16(at + 2);
    return littleEndian ? second << 16 | first : first << 16 | second;
  }

  int i32(long at) {
    return (int) u32(at);
  }

  boolean matches(long at, String latin1) {
    if (at < 0 || at + latin1.length() > size()) {
      return false;
    }
    for (int i = 0; i < latin1.length(); i++) {
      if (u8(at + i) != latin1.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  String text(long at, int length) {
    return new String(bytes, index(at, length), length, StandardCharsets.ISO_8859_1);
  }

  private int index(long at, int length) {
    if (at < 0 || at + length > size()) {
      throw new TruncatedException();
    }
    return start + (int) at;
  }
}
