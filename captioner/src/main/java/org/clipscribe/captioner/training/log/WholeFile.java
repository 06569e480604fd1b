package org.clipscribe.captioner.training.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.clipscribe.nn.AtomicFile;

/// Writes a file so that nobody ever sees a part of it.
final class WholeFile {
  private WholeFile() {}

  static void write(Path file, byte[] content) throws IOException {
    try (AtomicFile atomic = new AtomicFile(file)) {
      FileChannel channel = atomic.channel();
      for (ByteBuffer bytes = ByteBuffer.wrap(content); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
      atomic.commit();
    }
  }
}
