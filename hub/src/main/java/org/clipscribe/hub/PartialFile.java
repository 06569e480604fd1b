package org.clipscribe.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/// A file that is not all there yet. Closing keeps what is there, for the next attempt.
final class PartialFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private long length;

  /// A file cannot be written, which no further attempt at the network mends.
  static final class WriteException extends FileSystemException {
    private static final long serialVersionUID = 1L;

    private WriteException(Path path, IOException cause) {
      super(
          path.toString(),
          null,
          "cannot be written (%s); what was there of it is removed"
              .formatted(Objects.requireNonNullElse(cause.getMessage(), cause.toString())));
      initCause(cause);
    }
  }

  private PartialFile(Path path, FileChannel channel, long length) {
    this.path = path;
    this.channel = channel;
    this.length = length;
  }

  /// How partial files are opened; tests put faulty ones in place.
  @FunctionalInterface
  interface Opener {
    PartialFile open(Path path) throws IOException;
  }

  /// Opens it to go on at its end; a link is nothing of ours and goes away.
  static PartialFile open(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      Files.delete(path);
    }
    return of(
        path,
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
  }

  static PartialFile of(Path path, FileChannel channel) throws IOException {
    long length = channel.size();
    channel.position(length);
    return new PartialFile(path, channel, length);
  }

  long length() {
    return length;
  }

  void append(ByteBuffer bytes) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        length += channel.write(bytes);
      }
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void truncate() throws IOException {
    try {
      channel.truncate(0);
      channel.position(0);
      length = 0;
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Waits until all bytes are on the device.
  void force() throws IOException {
    try {
      channel.force(true);
    } catch (ClosedByInterruptException e) {
      throw interrupted(e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static InterruptedIOException interrupted(ClosedByInterruptException cause) {
    InterruptedIOException exception = new InterruptedIOException("interrupted");
    exception.initCause(cause);
    return exception;
  }

  /// A full disk is not helped by keeping a part of a file on it.
  private WriteException failed(IOException cause) {
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new WriteException(path, cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
