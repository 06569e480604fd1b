package org.clipscribe.nn.safetensors;

import static org.clipscribe.nn.BadInputException.quote;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.Document;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.Header.Entry;
import org.jspecify.annotations.Nullable;

/// A safetensors file, open for reading: 8 bytes header length, a JSON header, raw little-endian
/// tensors.
///
/// Opening reads and checks the header only; a file whose header does not describe exactly the
/// bytes that follow is refused. Elements are copied out by positional reads, each checked for its
/// length, so that a file that shrinks meanwhile is an error and not a crash. Can be read by many
/// threads at once.
///
/// Differs from the `safetensors` library: integers beyond a signed `long`, unknown keys, repeated
/// names, more than 250,000 tensors and sub-byte or 8-bit floats are refused.
public final class SafetensorsFile implements NamedTensors, AutoCloseable {
  /// The format's own limit.
  private static final long MAX_HEADER_BYTES = 100_000_000;

  /// Bytes read at once: large enough for a disk, small enough for a cache.
  private static final int BLOCK = 1 << 20;

  private final String origin;
  private final Header header;
  private final long dataStart;
  private final @Nullable FileChannel channel;
  private final Arena arena;
  private final @Nullable MemorySegment mapped;

  private SafetensorsFile(
      String origin,
      Header header,
      long dataStart,
      @Nullable FileChannel channel,
      Arena arena,
      @Nullable MemorySegment mapped) {
    this.origin = origin;
    this.header = header;
    this.dataStart = dataStart;
    this.channel = channel;
    this.arena = arena;
    this.mapped = mapped;
  }

  /// Opens a file for reading by copying.
  ///
  /// @throws BadInputException when it is missing, cannot be read or is not a sound safetensors
  ///     file
  public static SafetensorsFile open(Path file) {
    return open(file, false);
  }

  /// Opens a file by mapping it into memory: elements are copied straight from the page cache.
  ///
  /// **Warning**: when another process truncates or rewrites the file while it is mapped, reading
  /// it may end the whole JVM with a SIGBUS, which nothing can catch. Only for files that nobody
  /// touches; [#open(Path)] is nearly as fast and safe.
  ///
  /// @throws BadInputException when it is missing, cannot be read or is not a sound safetensors
  ///     file
  public static SafetensorsFile map(Path file) {
    return open(file, true);
  }

  private static SafetensorsFile open(Path file, boolean map) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(file, "is a folder, not a safetensors file");
    }
    FileChannel channel = null;
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      long size = channel.size();
      ByteBuffer start = ByteBuffer.allocate((int) Math.min(8, size));
      readFully(channel, 0, start);
      long headerBytes = headerLength(file.toString(), start.flip(), size);
      long dataBytes = size - 8 - headerBytes;
      Header header =
          Header.parse(new ChannelInputStream(channel, 8, headerBytes), dataBytes, file.toString());
      MemorySegment mapped =
          map ? channel.map(MapMode.READ_ONLY, 8 + headerBytes, dataBytes, arena) : null;
      opened = true;
      return new SafetensorsFile(file.toString(), header, 8 + headerBytes, channel, arena, mapped);
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    } finally {
      if (!opened) {
        arena.close();
        closeQuietly(channel);
      }
    }
  }

  /// A file that is in memory as it is; nothing has to be closed.
  ///
  /// @throws BadInputException when it is not a sound safetensors file
  public static SafetensorsFile of(Document content) {
    int size = content.bytes().length;
    ByteBuffer bytes = ByteBuffer.wrap(content.bytes());
    int headerBytes = (int) headerLength(content.origin(), bytes, size);
    int dataBytes = size - 8 - headerBytes;
    InputStream json = new ByteArrayInputStream(content.bytes(), 8, headerBytes);
    Header header = Header.parse(json, dataBytes, content.origin());
    MemorySegment data = MemorySegment.ofArray(content.bytes()).asSlice(8 + headerBytes, dataBytes);
    return new SafetensorsFile(
        content.origin(), header, 8 + headerBytes, null, Arena.global(), data);
  }

  /// @param start the first bytes of the file, 8 if it has as many
  private static long headerLength(String origin, ByteBuffer start, long size) {
    if (size < 8) {
      throw new BadInputException(
          origin, "too small for a safetensors file: " + size + " bytes, even the header needs 8");
    }
    long length = start.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 2 || length > MAX_HEADER_BYTES || length > size - 8) {
      throw new BadInputException(
          origin,
          String.format(
              Locale.ROOT,
              "bad header length %s: the file has %d bytes and a header at most %d;"
                  + " is this a safetensors file?",
              Long.toUnsignedString(length),
              size,
              MAX_HEADER_BYTES));
    }
    return length;
  }

  private static void closeQuietly(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // Nothing was written; the error that brought us here is the one to report.
    }
  }

  /// Fills the rest of `into` from a position in the file.
  static void readFully(FileChannel channel, long position, ByteBuffer into) throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        throw new EOFException("it ended at byte " + at + ": it became shorter while it was read");
      }
      at += count;
    }
  }

  @Override
  public String origin() {
    return origin;
  }

  @Override
  public Set<String> names() {
    return header.entries().keySet();
  }

  /// The strings of `__metadata__`, empty when there are none.
  public Map<String, String> metadata() {
    return header.metadata();
  }

  @Override
  public TensorInfo info(String name) {
    return entry(name).info();
  }

  /// Position in the file of the first byte of a tensor.
  ///
  /// @throws IllegalArgumentException when there is no such name
  public long position(String name) {
    return dataStart + entry(name).begin();
  }

  private Entry entry(String name) {
    Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(origin + ": no tensor " + quote(name));
    }
    return entry;
  }

  @Override
  public void readFloats(String name, long first, int count, float[] into) {
    DType dtype = entry(name).info().dtype();
    if (!dtype.isFloating()) {
      throw new BadInputException(
          origin, "tensor " + quote(name) + " is " + info(name) + ", expected floating point");
    }
    Objects.checkFromIndexSize(0, count, into.length);
    read(name, first, count, (block, at, n) -> dtype.decode(block, into, at, n));
  }

  @Override
  public void readLongs(String name, long first, int count, long[] into) {
    DType dtype = entry(name).info().dtype();
    if (dtype.isFloating()) {
      throw new BadInputException(
          origin, "tensor " + quote(name) + " is " + info(name) + ", expected integers");
    }
    Objects.checkFromIndexSize(0, count, into.length);
    read(name, first, count, (block, at, n) -> dtype.decode(block, into, at, n));
  }

  @FunctionalInterface
  private interface Decoder {
    void decode(ByteBuffer block, int at, int count);
  }

  private void read(String name, long first, int count, Decoder decoder) {
    Entry entry = entry(name);
    Objects.checkFromIndexSize(first, count, entry.info().elements());
    int width = entry.info().dtype().bytes();
    int step = BLOCK / width;
    long start = entry.begin() + first * width;
    try (Arena scratch = Arena.ofConfined()) {
      ByteBuffer buffer = mapped != null ? null : scratch(scratch, Math.min(step, count) * width);
      for (int done = 0; done < count; done += step) {
        int n = Math.min(step, count - done);
        decoder.decode(block(start + (long) done * width, n * width, buffer), done, n);
      }
    } catch (IOException e) {
      throw new BadInputException(
          origin(), "tensor " + quote(name) + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer scratch(Arena arena, int size) {
    return arena.allocate(size, 8).asByteBuffer();
  }

  /// Bytes of the data, in the mapping or copied to `buffer`.
  private ByteBuffer block(long begin, int size, @Nullable ByteBuffer buffer) throws IOException {
    if (mapped != null) {
      return mapped.asSlice(begin, size).asByteBuffer();
    }
    ByteBuffer block = Objects.requireNonNull(buffer).clear().limit(size);
    readFully(Objects.requireNonNull(channel), dataStart + begin, block);
    return block.flip();
  }

  /// Closes the file; it cannot be read any more.
  @Override
  public void close() {
    if (channel != null) {
      arena.close();
      closeQuietly(channel);
    }
  }
}
