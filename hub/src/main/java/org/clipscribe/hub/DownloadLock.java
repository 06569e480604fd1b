package org.clipscribe.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Keeps two processes from downloading one file. The system lets go of it when its process dies.
///
/// Python's client uses another kind of lock on the same file; the two do not see each other, which
/// costs bandwidth at worst, since a blob is only ever renamed into its place.
final class DownloadLock implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final FileChannel channel;

  private DownloadLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Waits until it is ours.
  ///
  /// @param waiting run once when somebody else has it
  static DownloadLock take(Path file, Runnable waiting) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    boolean isNew = Files.notExists(file);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (isNew) {
        shareWithGroup(file);
      }
      boolean told = false;
      while (tryLock(channel) == null) {
        if (!told) {
          waiting.run();
          told = true;
        }
        Interruptions.sleep(POLL);
      }
      return new DownloadLock(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// Python's client makes locks so, for caches that several users fill.
  private static void shareWithGroup(Path file) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    } catch (IOException | UnsupportedOperationException _) {
      // Another user was faster, or there are no groups here.
    }
  }

  /// Whether somebody has a lock now.
  static boolean isTaken(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      return lock == null;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another thread of this process has it
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
