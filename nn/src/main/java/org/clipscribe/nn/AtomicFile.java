package org.clipscribe.nn;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/// A file that appears whole or not at all, also after a crash or a power failure.
///
/// Bytes go to a temporary file in the same folder; [#commit()] forces them to the device, renames
/// the file over its target and forces the folder. Closing without a commit removes the temporary
/// file and leaves the target as it was.
public final class AtomicFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private boolean committed;

  /// @param target replaced if it exists
  /// @throws IOException when its folder is missing or cannot be written to
  public AtomicFile(Path target) throws IOException {
    this.target = target.toAbsolutePath();
    String suffix = Long.toHexString(ThreadLocalRandom.current().nextLong());
    // Not Files.createTempFile, whose files nobody else may read.
    this.temporary = this.target.resolveSibling("." + target.getFileName() + "." + suffix + ".tmp");
    this.channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
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
    channel.force(true);
    channel.close();
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    committed = true;
    forceFolder(target.resolveSibling("."));
  }

  /// Without this the new name may be lost with the power. Windows cannot open folders and needs
  /// no such call.
  private static void forceFolder(Path folder) throws IOException {
    if (folder.getFileSystem().getSeparator().equals("/")) {
      try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!committed) {
      Files.deleteIfExists(temporary);
    }
  }
}
