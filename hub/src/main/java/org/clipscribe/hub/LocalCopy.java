package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/// Bytes of a file of this machine.
final class LocalCopy {
  private static final int BLOCK = 1 << 18;

  private LocalCopy() {}

  /// @param written told how many bytes there are so far
  static void append(Path from, PartialFile to, LongConsumer written) throws IOException {
    try (InputStream in = Files.newInputStream(from)) {
      byte[] block = new byte[BLOCK];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        Interruptions.check();
        to.append(ByteBuffer.wrap(block, 0, count));
        written.accept(to.length());
      }
    }
  }
}
