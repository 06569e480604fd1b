package org.clipscribe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes small files so that nobody ever sees a part of one.
final class WholeFiles {
  private WholeFiles() {}

  /// Replaces a file or makes a new one; folders on the way are made too.
  static void write(Path file, byte[] content) throws IOException {
    Path target = file.toAbsolutePath();
    Path part = target.resolveSibling("." + file.getFileName() + ".part");
    Files.createDirectories(part.resolveSibling(""));
    try {
      Files.write(part, content);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
