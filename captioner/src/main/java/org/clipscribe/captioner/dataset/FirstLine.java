package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The beginning of a file, to tell what it is.
final class FirstLine {
  private static final int MOST = 1 << 14;

  private FirstLine() {}

  /// Without a byte order mark; what is not UTF-8 is replaced.
  static String of(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(MOST);
    }
    String text = new String(start, StandardCharsets.UTF_8);
    return text.lines().findFirst().orElse("").replace("\ufeff", "");
  }
}
