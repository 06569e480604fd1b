package org.clipscribe.nn;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.clipscribe.nn.ImageLayout.Part;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.WeightImages;

/// A model's parameters in a file as a back-end packed them, so that the next start has nothing to
/// convert. A cache: it is made from a checkpoint, and can be deleted at any time.
///
/// The file is a text header, which lists every parameter with its place, a checksum and the
/// parameters. Nothing is parsed: reader and writer both work the header out from the model, the
/// layout, the format and the weights' key, and what a file begins with must be that to the byte,
/// and its length exactly what follows from it. Whatever is stale, cut or made by somebody else is
/// thus no image and is made anew. The parameters themselves are not checked on every start, which
/// would cost as long as reading them; [#isIntact] does it.
///
/// Differs from [SafetensorsFile][org.clipscribe.nn.safetensors.SafetensorsFile]: bytes are in a
/// back-end's own order and only good for it.
///
/// @param <M> the model
public final class PackedImage<M> {
  /// How an image comes into memory.
  public enum Access {
    /// Mapped: at once, and shared with other processes.
    ///
    /// **Warning**: when somebody truncates or overwrites the file in place while it is in use, the
    /// whole JVM may end with a SIGBUS, which nothing can catch. Replacing the file by another one,
    /// as this class does, is harmless.
    MAP,
    /// Copied into memory of our own, each read checked for its length.
    COPY
  }

  /// Bytes that are read or written at once.
  private static final int BLOCK = 1 << 24;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Backend backend;
  private final WeightImages images;
  private final WeightFormat format;
  private final Function<ParameterSource, M> builder;
  private final ImageLayout layout;

  private PackedImage(
      Backend backend,
      WeightImages images,
      WeightFormat format,
      Function<ParameterSource, M> builder,
      ImageLayout layout) {
    this.backend = backend;
    this.images = images;
    this.format = format;
    this.builder = builder;
    this.layout = layout;
  }

  /// The image of a model, whether there is such a file or not.
  ///
  /// @param weights says whose weights they are: changes whenever they do, in one line
  /// @param builder builds the model, which asks for the same whatever there is: its shapes follow
  ///     from its configuration
  /// @return empty when the back-end's weights cannot be kept
  public static <M> Optional<PackedImage<M>> of(
      Backend backend, WeightFormat format, String weights, Function<ParameterSource, M> builder) {
    return backend
        .images()
        .map(
            images ->
                new PackedImage<>(
                    backend,
                    images,
                    format,
                    builder,
                    ImageLayout.of(backend, images, format, weights, builder)));
  }

  /// What to call the file, for example `packed-panels64-v2-bf16.bin`.
  public String fileName() {
    return "packed-" + images.layout() + "-" + format.name().toLowerCase(Locale.ROOT) + ".bin";
  }

  /// Builds the model from the first of these files that is its image.
  ///
  /// @return empty when none is: then [#loadAndKeep] makes one
  public Optional<M> load(List<Path> files, Access access) {
    return files.stream().flatMap(file -> load(file, access).stream()).findFirst();
  }

  private Optional<M> load(Path file, Access access) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (checksum(channel).isEmpty()) {
        return Optional.empty();
      }
      // Both fail when the file has become shorter since its length was compared.
      MemorySegment bytes =
          switch (access) {
            case MAP -> channel.map(MapMode.READ_ONLY, 0, layout.size(), images.arena());
            case COPY -> copy(channel);
          };
      return Optional.of(builder.apply(new ParameterCursor(new Restored(bytes), "")));
    } catch (IOException e) {
      return Optional.empty(); // what cannot be read is no image
    }
  }

  /// The line behind the header; empty when the file is not the image.
  private Optional<byte[]> checksum(FileChannel channel) throws IOException {
    if (channel.size() != layout.size()) {
      return Optional.empty();
    }
    byte[] header = layout.header();
    byte[] found = new byte[header.length + ImageLayout.CHECKSUM_BYTES];
    readFully(channel, ByteBuffer.wrap(found), 0);
    boolean same = Arrays.equals(found, 0, header.length, header, 0, header.length);
    return same
        ? Optional.of(Arrays.copyOfRange(found, header.length, found.length))
        : Optional.empty();
  }

  private MemorySegment copy(FileChannel channel) throws IOException {
    MemorySegment bytes = images.arena().allocate(layout.size(), WeightImages.ALIGNMENT);
    for (long at = 0; at < layout.size(); at += BLOCK) {
      long count = Math.min(BLOCK, layout.size() - at);
      readFully(channel, bytes.asSlice(at, count).asByteBuffer(), at);
    }
    return bytes;
  }

  private static void readFully(FileChannel channel, ByteBuffer into, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = channel.read(into, at);
      if (count < 0) {
        throw new EOFException("at byte " + at);
      }
      at += count;
    }
  }

  /// Whether a file is the image and every parameter in it as it was written.
  ///
  /// @throws IOException when it cannot be read
  public boolean isIntact(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Optional<byte[]> stated = checksum(channel);
      CRC32C crc = new CRC32C();
      ByteBuffer block = ByteBuffer.allocateDirect(1 << 20);
      for (Part part : layout.parts().values()) {
        long start = layout.dataStart() + part.offset();
        for (long at = 0; stated.isPresent() && at < part.size(); at += block.capacity()) {
          block.clear().limit((int) Math.min(block.capacity(), part.size() - at));
          readFully(channel, block, start + at);
          crc.update(block.flip());
        }
      }
      return stated.isPresent()
          && Arrays.equals(stated.get(), ImageLayout.checksumLine(crc.getValue()));
    }
  }

  /// Builds the model from its checkpoint and writes the image to the first of these files that can
  /// be written. Where none can, there will be none; the model is there all the same.
  ///
  /// @throws BadInputException as [Checkpoint#load] does
  public M loadAndKeep(Checkpoint checkpoint, List<Path> files) {
    Recording parameters = new Recording(checkpoint.checked(backend, format, builder));
    M model = builder.apply(new ParameterCursor(parameters, ""));
    for (Path file : files) {
      try {
        write(file, parameters);
        break;
      } catch (IOException e) {
        // The next place may be better, and without any the next start is only slower.
        System.getLogger(PackedImage.class.getName())
            .log(System.Logger.Level.DEBUG, file::toString, e);
      }
    }
    return model;
  }

  private void write(Path file, Recording parameters) throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    Files.createDirectories(folder);
    // Not through FileStore, which fails in a chroot or a container whose mounts are not listed.
    if (folder.toFile().getUsableSpace() / 2 < layout.size()) {
      throw new IOException("a cache must not fill the disk");
    }
    try (AtomicFile atomic = new AtomicFile(file)) {
      FileChannel channel = atomic.channel();
      CRC32C crc = new CRC32C();
      for (Map.Entry<String, Part> entry : layout.parts().entrySet()) {
        channel.position(layout.dataStart() + entry.getValue().offset());
        MemorySegment bytes = parameters.bytes(entry.getKey());
        for (long at = 0; at < bytes.byteSize(); at += BLOCK) {
          long count = Math.min(BLOCK, bytes.byteSize() - at);
          ByteBuffer block = bytes.asSlice(at, count).asByteBuffer();
          crc.update(block.duplicate());
          writeFully(channel, block);
        }
      }
      channel.position(0);
      writeFully(channel, ByteBuffer.wrap(layout.header()));
      writeFully(channel, ByteBuffer.wrap(ImageLayout.checksumLine(crc.getValue())));
      atomic.commit();
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private Part part(String name) {
    return Objects.requireNonNull(layout.parts().get(name), name);
  }

  /// Parameters out of an image.
  private final class Restored implements ParameterCursor.Parameters {
    private final MemorySegment file;

    Restored(MemorySegment file) {
      this.file = file;
    }

    private MemorySegment bytes(String name) {
      Part part = part(name);
      return file.asSlice(layout.dataStart() + part.offset(), part.size());
    }

    @Override
    public boolean has(String name) {
      return layout.parts().containsKey(name);
    }

    @Override
    public Tensor tensor(String name, int[] shape) {
      return Tensor.of(backend, Shape.of(shape), bytes(name).toArray(FLOAT));
    }

    @Override
    public PackedWeight matrix(String name, int[] shape, boolean transposed) {
      PackedWeight like = Placeholders.matrix(shape, transposed);
      return images.restore(like.outputs(), like.inputs(), format, bytes(name));
    }
  }

  /// Parameters from elsewhere, remembered to be written.
  private final class Recording implements ParameterCursor.Parameters {
    private final ParameterCursor.Parameters parameters;
    private final Map<String, Tensor> tensors = new HashMap<>();
    private final Map<String, PackedWeight> matrices = new HashMap<>();

    Recording(ParameterCursor.Parameters parameters) {
      this.parameters = parameters;
    }

    MemorySegment bytes(String name) {
      PackedWeight weight = matrices.get(name);
      if (weight != null) {
        return images.image(weight);
      }
      float[] values = Objects.requireNonNull(tensors.get(name), name).toArray();
      MemorySegment bytes = MemorySegment.ofArray(new byte[Float.BYTES * values.length]);
      MemorySegment.copy(values, 0, bytes, FLOAT.withByteAlignment(1), 0, values.length);
      return bytes;
    }

    @Override
    public boolean has(String name) {
      return parameters.has(name);
    }

    @Override
    public Tensor tensor(String name, int[] shape) {
      Tensor tensor = parameters.tensor(name, shape);
      tensors.put(name, tensor);
      return tensor;
    }

    @Override
    public PackedWeight matrix(String name, int[] shape, boolean transposed) {
      PackedWeight weight = parameters.matrix(name, shape, transposed);
      matrices.put(name, weight);
      return weight;
    }
  }
}
