package org.clipscribe.convert.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32;
import org.clipscribe.nn.BadInputException;

/// A range of bytes of an open file. A short read is an error, so a file that shrinks while it is
/// read is noticed.
///
/// @param file named in errors
/// @param start first byte
/// @param length bytes
record FileSlice(FileChannel channel, String file, long start, long length) {
  private static final int CHUNK = 1 << 16;

  /// Fills `into` from `position` bytes behind the start of this slice.
  void read(long position, ByteBuffer into) {
    if (position < 0 || into.remaining() > length - position) {
      throw new IndexOutOfBoundsException(
          "read of " + into.remaining() + " at " + position + " of " + length);
    }
    try {
      long at = start + position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new BadInputException(file, "ends at byte " + at + " while it is being read");
        }
        at += count;
      }
    } catch (IOException e) {
      throw new BadInputException(file, "cannot be read (" + e + ")", e);
    }
  }

  /// `count` bytes from `position`, ready to be taken out, least significant byte first.
  ByteBuffer read(long position, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    read(position, bytes);
    return bytes.flip();
  }

  FileSlice slice(long position, long count) {
    if (position < 0 || count < 0 || count > length - position) {
      throw new IndexOutOfBoundsException("slice " + position + "+" + count + " of " + length);
    }
    return new FileSlice(channel, file, start + position, count);
  }

  int crc32() {
    CRC32 crc = new CRC32();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    for (long at = 0; at < length; at += CHUNK) {
      chunk.clear().limit((int) Math.min(CHUNK, length - at));
      read(at, chunk);
      crc.update(chunk.flip());
    }
    return (int) crc.getValue();
  }
}
