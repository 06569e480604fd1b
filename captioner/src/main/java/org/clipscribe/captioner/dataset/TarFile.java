package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.clipscribe.nn.BadInputException;

/// The entries of a tar archive, one at a time: POSIX ustar with pax headers, and what GNU tar adds
/// for long names. Only headers are read; whoever wants an entry's bytes reads them at its offset.
///
/// Nothing is ever unpacked, so names may be anything.
final class TarFile implements AutoCloseable {
  private static final int BLOCK = 512;

  /// A pax header or a long name; real ones take a hundred bytes.
  private static final int MOST_HEADER = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final long length;
  private long at;

  private TarFile(Path file, FileChannel channel, long length) {
    this.file = file;
    this.channel = channel;
    this.length = length;
  }

  static TarFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    return new TarFile(file, channel, channel.size());
  }

  /// A regular file in the archive.
  ///
  /// @param offset of its first byte in the archive
  record Entry(String name, long offset, long length) {}

  /// Whether a file starts like a tar archive.
  static boolean startsLikeOne(byte[] start) {
    return start.length >= BLOCK && checksumFits(start);
  }

  /// The next regular file.
  ///
  /// @return empty at the end
  /// @throws BadInputException when the archive is damaged from here on
  Optional<Entry> next() throws IOException {
    Optional<String> longName = Optional.empty();
    Optional<Long> longSize = Optional.empty();
    while (at < length) {
      byte[] header = read(at, BLOCK);
      if (isZero(header)) {
        return Optional.empty();
      }
      if (!checksumFits(header)) {
        throw damaged("has no tar header there");
      }
      long offset = at + BLOCK;
      long size = longSize.isPresent() ? longSize.get() : number(header, 124, 12);
      if (size < 0 || size > length - offset) {
        throw damaged("is cut: an entry there says %d bytes".formatted(size));
      }
      at = offset + (size + BLOCK - 1) / BLOCK * BLOCK;
      switch (header[156]) {
        case 'L' -> longName = Optional.of(text(header(offset, size), 0, (int) size));
        case 'x' -> {
          byte[] pax = header(offset, size);
          longName = pax(pax, "path");
          longSize = pax(pax, "size").map(this::size);
        }
        case '0', 0, '7' -> {
          return Optional.of(new Entry(longName.orElseGet(() -> name(header)), offset, size));
        }
        case 'g', 'K' -> {} // speak of other things than this file's name and size
        default -> {
          longName = Optional.empty(); // a folder or a link
          longSize = Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private byte[] header(long offset, long size) throws IOException {
    if (size > MOST_HEADER) {
      throw damaged("has a header of %d bytes there".formatted(size));
    }
    return read(offset, (int) size);
  }

  private long size(String decimal) {
    if (!decimal.matches("\\d{1,18}")) {
      throw damaged("has a size there that is no number");
    }
    return Long.parseLong(decimal);
  }

  /// The value of a pax record, `LENGTH KEY=VALUE\n`.
  private Optional<String> pax(byte[] records, String key) {
    Optional<String> found = Optional.empty();
    int from = 0;
    while (from < records.length) {
      int space = from;
      int count = 0;
      while (space < records.length && Character.isDigit(records[space]) && space - from < 8) {
        count = 10 * count + records[space++] - '0';
      }
      if (space >= records.length
          || records[space] != ' '
          || count < space - from + 2
          || count > records.length - from) {
        throw damaged("has a pax header there that cannot be read");
      }
      String record = text(records, space + 1, count - (space - from) - 2);
      if (record.startsWith(key + "=")) {
        found = Optional.of(record.substring(key.length() + 1));
      }
      from += count;
    }
    return found;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    boolean posix = text(header, 257, 6).equals("ustar");
    String prefix = posix ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /// Up to a NUL.
  private static String text(byte[] bytes, int from, int most) {
    int end = from;
    while (end < from + most && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  /// Octal digits, or a binary number if its first bit is set.
  private long number(byte[] bytes, int from, int count) {
    if (bytes[from] < 0) {
      long value = bytes[from] & 0x7f;
      for (int i = 1; i < count; i++) {
        if (value >>> 55 != 0) {
          throw damaged("has a size there that no file has");
        }
        value = (value << 8) | (bytes[from + i] & 0xff);
      }
      return value;
    }
    String digits = text(bytes, from, count).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw damaged("has a size there that is no number");
    }
    return Long.parseLong(digits, 8);
  }

  private static boolean checksumFits(byte[] header) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    String stated = text(header, 148, 8).strip();
    return stated.matches("[0-7]{1,7}") && Integer.parseInt(stated, 8) == sum;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  /// Bytes of the archive.
  byte[] read(long offset, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw damaged("is cut there");
      }
    }
    return bytes.array();
  }

  private BadInputException damaged(String cause) {
    return new BadInputException(file, "damaged at byte " + at + ": " + cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
