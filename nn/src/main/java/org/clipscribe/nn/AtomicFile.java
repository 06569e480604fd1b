package org.clipscribe.nn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/// A file that appears whole or not at all, also after a crash or a power failure.
///
/// Bytes go to a temporary file in the same folder; [#commit()] forces them to the device, renames
/// the file over its target and forces the folder. Closing without a commit removes the temporary
/// file and leaves the target as it was.
public final class AtomicFile implements AutoCloseable {
  private static final String SUFFIX = ".tmp";

  private final Path target;
  private final Path temporary;
  private final FileLayer files;
  private final FileChannel channel;
  private boolean committed;

  /// @param target replaced if it exists
  /// @throws IOException when its folder is missing or cannot be written to
  public AtomicFile(Path target) throws IOException {
    this(target, FileLayer.SYSTEM);
  }

  public AtomicFile(Path target, FileLayer files) throws IOException {
    this.target = target.toAbsolutePath();
    this.files = files;
    this.temporary = beside(this.target);
    this.channel = files.create(temporary);
  }

  private static Path beside(Path target) {
    String number = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling(prefix(target) + number + SUFFIX);
  }

  /// Replaces a file or makes a new one. Folders on the way are made, too.
  ///
  /// @throws IOException when that failed; the file is then what it was
  public static void write(Path target, byte[] content) throws IOException {
    Files.createDirectories(target.toAbsolutePath().resolveSibling("."));
    try (AtomicFile file = new AtomicFile(target)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        file.channel.write(left);
      }
      file.commit();
    }
  }

  /// Gives a whole file a second name without writing it again, where the file system can; the
  /// other file of that name is replaced.
  ///
  /// @throws IOException when that failed; the target is then what it was, or already the new file
  ///     if only forcing its folder failed
  public static void link(Path file, Path target, FileLayer files) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path temporary = beside(absolute);
    try {
      files.link(file, temporary);
      files.rename(temporary, absolute);
      files.forceFolder(absolute.resolveSibling("."));
    } finally {
      // Renaming one name of a file to another name of the same file does nothing.
      files.delete(temporary);
    }
  }

  private static String prefix(Path target) {
    return "." + target.getFileName() + ".";
  }

  /// Removes what writers of this file left behind that were killed. Only for who knows that nobody
  /// else is writing it now.
  public static void removeLeftovers(Path target) throws IOException {
    Path folder = target.toAbsolutePath().resolveSibling(".");
    String prefix = prefix(target);
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            folder,
            entry -> {
              String name = entry.getFileName().toString();
              return name.startsWith(prefix) && name.endsWith(SUFFIX);
            })) {
      for (Path entry : entries) {
        Files.deleteIfExists(entry);
      }
    }
  }

  /// Where to write.
  public FileChannel channel() {
    return channel;
  }

  /// Publishes what was written.
  ///
  /// @throws IOException when that failed; the target is then what it was, or already the new file
  ///     if only forcing its folder failed
  public void commit() throws IOException {
    files.force(channel);
    channel.close();
    files.rename(temporary, target);
    committed = true;
    files.forceFolder(target.resolveSibling("."));
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      files.delete(temporary);
    }
  }
}
