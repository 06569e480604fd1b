package org.clipscribe.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/// Files of a snapshot: links to blobs, or the bytes themselves.
final class Links {
  private Links() {}

  /// Makes a relative link, in place of whatever is there.
  ///
  /// @return whether this file system and this user can have links
  static boolean point(Path pointer, Path blob) throws IOException {
    Path target = pointer.resolveSibling("").relativize(blob);
    if (Files.isSymbolicLink(pointer) && Files.readSymbolicLink(pointer).equals(target)) {
      return true;
    }
    Path made = beside(pointer);
    try {
      Files.createSymbolicLink(made, target);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // Windows without developer mode and some mounts; a full or read-only disk shows itself again
      // when the bytes are moved or copied instead.
      return false;
    }
    try {
      move(made, pointer);
      return true;
    } finally {
      Files.deleteIfExists(made);
    }
  }

  /// Puts the bytes of a blob where a link would be.
  ///
  /// @param move whether nobody else needs the blob
  static void replaceByFile(Path pointer, Path blob, boolean move) throws IOException {
    if (move) {
      move(blob, pointer);
      return;
    }
    Path made = beside(pointer);
    try {
      Files.copy(blob, made);
      move(made, pointer);
    } finally {
      Files.deleteIfExists(made);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(to.toString());
    }
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path beside(Path pointer) {
    String number = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return pointer.resolveSibling("." + pointer.getFileName() + "." + number + ".tmp");
  }
}
