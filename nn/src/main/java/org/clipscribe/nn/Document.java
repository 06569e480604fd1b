package org.clipscribe.nn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file in memory, wherever it came from.
///
/// @param origin what errors call it, usually a file name
/// @param bytes its content, not to be changed
public record Document(String origin, byte[] bytes) {
  /// Larger files are neither configurations nor vocabularies.
  public static final long MAX_BYTES = 64L << 20;

  /// Reads a small file.
  ///
  /// @param kind what it should be, for errors, like `a JSON document`
  /// @throws BadInputException when it is missing, unreadable or too large
  public static Document read(Path file, String kind) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new BadInputException(file, "is " + size + " bytes, too large for " + kind);
      }
      return new Document(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
  }
}
