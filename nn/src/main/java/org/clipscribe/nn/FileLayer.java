package org.clipscribe.nn;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The steps by which an [AtomicFile] comes into being, so that tests can make each of them fail.
public interface FileLayer {
  /// The file system as it is.
  FileLayer SYSTEM =
      new FileLayer() {
        @Override
        public FileChannel create(Path file) throws IOException {
          // Not Files.createTempFile, whose files nobody else may read.
          return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public void force(FileChannel channel) throws IOException {
          channel.force(true);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void link(Path file, Path name) throws IOException {
          try {
            Files.createLink(name, file);
          } catch (UnsupportedOperationException | FileSystemException _) {
            // FAT, some network drives: a copy, which must be on the device before it is used.
            Files.copy(file, name);
            try (FileChannel copied = FileChannel.open(name, StandardOpenOption.WRITE)) {
              copied.force(true);
            }
          }
        }

        @Override
        public void forceFolder(Path folder) throws IOException {
          // Windows cannot open folders and needs no such call.
          if (folder.getFileSystem().getSeparator().equals("/")) {
            try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
              entries.force(true);
            }
          }
        }

        @Override
        public void delete(Path file) throws IOException {
          Files.deleteIfExists(file);
        }
      };

  /// Makes a file that was not there and opens it for writing.
  FileChannel create(Path file) throws IOException;

  /// Waits until the bytes are on the device.
  void force(FileChannel channel) throws IOException;

  /// Gives a file another name, in place of the file that has it.
  void rename(Path from, Path to) throws IOException;

  /// Gives a file another name besides its own; that name must be free.
  void link(Path file, Path name) throws IOException;

  /// Waits until the names in a folder are on the device; without this a new name may be lost with
  /// the power.
  void forceFolder(Path folder) throws IOException;

  /// Removes a file, if it is there.
  void delete(Path file) throws IOException;
}
