package org.clipscribe.hub;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells before a download, not at its end, that the disk is too small.
final class DiskSpace {
  private DiskSpace() {}

  /// @param needed bytes, negative when that is not known
  static void check(Path file, long needed) throws IOException {
    long usable = Files.getFileStore(file).getUsableSpace();
    // Some network file systems say 0 and mean that they do not know.
    if (needed > usable && usable > 0) {
      throw new FileSystemException(
          file.toString(),
          null,
          "%d MB are needed and %d MB are free; make room, or set HF_HOME to another disk"
              .formatted(needed >> 20, usable >> 20));
    }
  }
}
