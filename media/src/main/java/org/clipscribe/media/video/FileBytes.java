package org.clipscribe.media.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.clipscribe.nn.BadInputException;

/// A file that is read at places.
final class FileBytes implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final long size;

  private FileBytes(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  static FileBytes open(Path path) {
    if (Files.isDirectory(path)) {
      throw new BadInputException(path, "is a folder, not a film");
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new FileBytes(path, channel, channel.size());
    } catch (IOException e) {
      throw BadInputException.unreadable(path, e);
    }
  }

  Path path() {
    return path;
  }

  String origin() {
    return path.toString();
  }

  long size() {
    return size;
  }

  /// `count` bytes from a place, big-endian.
  ///
  /// @throws Damage when the file ends before
  ByteBuffer read(long at, long count) {
    if (at < 0 || count < 0 || at > size - count || count > Integer.MAX_VALUE - 8) {
      throw new Damage("%d bytes at %d are beyond its end at %d".formatted(count, at, size));
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) count);
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, at + buffer.position()) < 0) {
          throw new Damage("it was cut while it was read");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return buffer.flip();
  }

  BadInputException refuse(String why) {
    return new BadInputException(origin(), why);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Something in a file contradicts itself or is missing; told to users with the file's name.
  static final class Damage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Damage(String message) {
      super(message, null, false, false);
    }
  }
}
