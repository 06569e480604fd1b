package org.clipscribe.nn.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.TensorInfo;

/// The SHA-256 with which a file of [SafetensorsWriter#withChecksum] ends.
public final class Checksum {
  /// The tensor that holds it: the last one, so that its bytes are the last of the file.
  public static final String TENSOR = "checksum.sha256";

  private static final int BYTES = 32;
  static final TensorInfo INFO = TensorInfo.of(DType.U8, BYTES);

  private Checksum() {}

  /// Reads a file from end to end.
  ///
  /// @throws BadInputException when it cannot be read or does not end with the checksum of what
  ///     comes before
  public static void verify(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long left = channel.size() - BYTES;
      MessageDigest digest = start();
      ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
      while (left > 0) {
        fill(channel, block.clear().limit((int) Math.min(left, block.capacity())));
        left -= block.limit();
        digest.update(block.flip());
      }
      byte[] stated = new byte[left < 0 ? 0 : BYTES];
      fill(channel, ByteBuffer.wrap(stated));
      if (!MessageDigest.isEqual(digest.digest(), stated)) {
        throw new BadInputException(
            file, "is damaged: its bytes do not match the SHA-256 at its end");
      }
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
  }

  private static void fill(FileChannel channel, ByteBuffer block) throws IOException {
    while (block.hasRemaining()) {
      if (channel.read(block) < 0) {
        throw new EOFException("it became shorter while it was read");
      }
    }
  }

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static long[] elements(MessageDigest digest) {
    byte[] bytes = digest.digest();
    long[] elements = new long[BYTES];
    for (int i = 0; i < BYTES; i++) {
      elements[i] = Byte.toUnsignedLong(bytes[i]);
    }
    return elements;
  }
}
