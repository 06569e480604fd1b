package org.clipscribe.nn.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.FileLayer;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// Writes a safetensors file as a stream: all names and shapes first, then the elements in the same
/// order, as much at a time as one likes.
///
/// The file appears when [#commit()] succeeds and not before; closing without it leaves nothing
/// behind. The bytes depend on nothing but what is written, the order of the layout included. Data
/// start at a multiple of 8.
/// ```java
/// try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
///   writer.write("weight", values);
///   writer.write("bias", otherValues);
///   writer.commit();
/// }
/// ```
public final class SafetensorsWriter implements AutoCloseable {
  private static final int BLOCK = 1 << 20;

  private final Map<String, TensorInfo> layout;
  private final Iterator<Map.Entry<String, TensorInfo>> next;
  private final AtomicFile file;
  private final @Nullable MessageDigest digest;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
  private String current = "";
  private long left;

  /// Creates a temporary file beside the target and writes the header.
  ///
  /// @param target replaced if it exists
  /// @param layout names, types and shapes, in the order of the data
  /// @param metadata strings for `__metadata__`; `format` is not added
  /// @throws IOException when the folder of the target cannot be written to
  public SafetensorsWriter(
      Path target, Map<String, TensorInfo> layout, Map<String, String> metadata)
      throws IOException {
    this(target, layout, metadata, FileLayer.SYSTEM, null);
  }

  private SafetensorsWriter(
      Path target,
      Map<String, TensorInfo> layout,
      Map<String, String> metadata,
      FileLayer files,
      @Nullable MessageDigest digest)
      throws IOException {
    this.layout = new LinkedHashMap<>(layout);
    this.next = this.layout.entrySet().iterator();
    this.digest = digest;
    ByteBuffer header = header(this.layout, metadata);
    this.file = new AtomicFile(target, files);
    try {
      writeFully(header);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /// Writes a file that ends with the SHA-256 of all its bytes before, as a tensor of its own, so
  /// that [Checksum#verify] can tell later whether it is what was written.
  ///
  /// @param files how the file comes into being
  /// @throws IOException when the folder of the target cannot be written to
  public static SafetensorsWriter withChecksum(
      Path target, Map<String, TensorInfo> layout, Map<String, String> metadata, FileLayer files)
      throws IOException {
    Map<String, TensorInfo> whole = new LinkedHashMap<>(layout);
    whole.put(Checksum.TENSOR, Checksum.INFO);
    return new SafetensorsWriter(target, whole, metadata, files, Checksum.start());
  }

  private static ByteBuffer header(Map<String, TensorInfo> layout, Map<String, String> metadata) {
    Map<String, Object> json = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      json.put(Header.METADATA, metadata);
    }
    long end = 0;
    for (Map.Entry<String, TensorInfo> tensor : layout.entrySet()) {
      TensorInfo info = tensor.getValue();
      long begin = end;
      end = Math.addExact(begin, info.byteSize());
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", info.dtype().name());
      entry.put("shape", info.shape());
      entry.put("data_offsets", List.of(begin, end));
      json.put(tensor.getKey(), entry);
    }
    if (layout.containsKey(Header.METADATA)) {
      throw new IllegalArgumentException("safetensors: no tensor can be called " + Header.METADATA);
    }
    byte[] text = Json.write(json).getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer header = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(padded).put(text);
    while (header.hasRemaining()) {
      header.put((byte) ' '); // the padding that the format asks for
    }
    return header.flip();
  }

  /// Appends elements to a tensor of floating type, rounded to its type.
  ///
  /// @param name the tensor that is not complete yet, or the next one
  /// @throws IllegalArgumentException when it is another one's turn or these are too many
  public void write(String name, float[] values, int from, int count) throws IOException {
    Objects.checkFromIndexSize(from, count, values.length);
    DType dtype = turn(name, count);
    append(dtype, count, (at, n) -> dtype.encode(values, from + at, n, buffer));
  }

  /// Appends elements to a tensor of integers or booleans.
  ///
  /// @param name the tensor that is not complete yet, or the next one
  /// @throws IllegalArgumentException when it is another one's turn or these are too many
  public void write(String name, long[] values, int from, int count) throws IOException {
    Objects.checkFromIndexSize(from, count, values.length);
    DType dtype = turn(name, count);
    append(dtype, count, (at, n) -> dtype.encode(values, from + at, n, buffer));
  }

  /// Writes a whole tensor of floating type.
  public void write(String name, float[] values) throws IOException {
    write(name, values, 0, values.length);
  }

  /// Writes a whole tensor of integers or booleans.
  public void write(String name, long[] values) throws IOException {
    write(name, values, 0, values.length);
  }

  /// Copies a whole tensor from elsewhere, a part at a time. Floats pass through single precision.
  ///
  /// @param nameThere its name in `from`; its shape there may differ, its number of elements not
  public void copy(String name, NamedTensors from, String nameThere) throws IOException {
    long elements = from.info(nameThere).elements();
    int step = (int) Math.min(elements, BLOCK / Float.BYTES);
    boolean floating = from.info(nameThere).dtype().isFloating();
    float[] floats = new float[floating ? step : 0];
    long[] longs = new long[floating ? 0 : step];
    for (long first = 0; first < elements; first += step) {
      int count = (int) Math.min(step, elements - first);
      if (floating) {
        from.readFloats(nameThere, first, count, floats);
        write(name, floats, 0, count);
      } else {
        from.readLongs(nameThere, first, count, longs);
        write(name, longs, 0, count);
      }
    }
  }

  /// Checks that `count` elements of this tensor may come now, and takes note of them.
  private DType turn(String name, int count) {
    while (left == 0 && !name.equals(current) && next.hasNext()) {
      Map.Entry<String, TensorInfo> entry = next.next();
      current = entry.getKey();
      left = entry.getValue().elements(); // stays 0 for an empty one, which may be left out
    }
    if (!name.equals(current) || count > left) {
      throw new IllegalArgumentException(
          "safetensors: %d elements of %s, but %d of %s are next"
              .formatted(count, name, left, current));
    }
    left -= count;
    return Objects.requireNonNull(layout.get(name)).dtype();
  }

  @FunctionalInterface
  private interface Encoder {
    void encode(int at, int count);
  }

  private void append(DType dtype, int count, Encoder encoder) throws IOException {
    int done = 0;
    while (done < count) {
      int n = Math.min(count - done, buffer.remaining() / dtype.bytes());
      encoder.encode(done, n);
      done += n;
      if (buffer.remaining() < Long.BYTES) {
        flush();
      }
    }
  }

  private void flush() throws IOException {
    writeFully(buffer.flip());
    buffer.clear();
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    if (digest != null) {
      digest.update(bytes.duplicate());
    }
    while (bytes.hasRemaining()) {
      file.channel().write(bytes);
    }
  }

  /// Publishes the file.
  ///
  /// @throws IllegalStateException when elements are missing
  public void commit() throws IOException {
    if (digest != null) {
      flush();
      write(Checksum.TENSOR, Checksum.elements(digest));
    }
    while (left == 0 && next.hasNext()) {
      Map.Entry<String, TensorInfo> entry = next.next();
      current = entry.getKey();
      left = entry.getValue().elements();
    }
    if (left > 0) {
      throw new IllegalStateException(
          "safetensors: " + left + " elements of " + current + " were not written");
    }
    flush();
    file.commit();
  }

  /// Removes what was written, unless it was committed.
  @Override
  public void close() throws IOException {
    file.close();
  }
}
