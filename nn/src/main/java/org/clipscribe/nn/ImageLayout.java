package org.clipscribe.nn;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.WeightImages;

/// Where each parameter of a model lies in a [PackedImage], worked out from the model alone.
///
/// @param parts by name, in the order of the file
/// @param header what the file must begin with, to the byte
/// @param dataStart where the first part begins
/// @param size of the whole file
record ImageLayout(Map<String, Part> parts, byte[] header, long dataStart, long size) {
  /// The least page there is. Matrices begin on one, so that each could be mapped by itself.
  private static final int PAGE = 4096;

  /// What a parameter was asked for as, in the words of the header.
  enum Kind {
    TENSOR,
    LINEAR,
    CONV1D
  }

  /// @param offset from the start of the data
  /// @param size in bytes
  record Part(Kind kind, String shape, long offset, long size) {}

  /// Bytes after the header, such as `crc32c 0123abcd`: the checksum of all parts, which only the
  /// file itself can know.
  static final int CHECKSUM_BYTES = checksumLine(0).length;

  static byte[] checksumLine(long crc) {
    String digits = Long.toHexString(crc | 1L << 32).substring(1); // always eight
    return ("crc32c " + digits + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /// @param weights says whose weights they are
  static ImageLayout of(
      Backend backend,
      WeightImages images,
      WeightFormat format,
      String weights,
      Function<ParameterSource, ?> builder) {
    Recorder recorder = new Recorder(backend, images, format);
    var _ = builder.apply(new ParameterCursor(recorder, "")); // asked for its questions only
    StringBuilder text = new StringBuilder("clipscribe packed image 1\n");
    text.append("layout ").append(images.layout()).append('\n');
    text.append("format ").append(format).append('\n');
    text.append("weights ").append(weights).append('\n');
    recorder.parts.forEach(
        (name, part) ->
            text.append(part.kind)
                .append(' ')
                .append(name)
                .append(' ')
                .append(part.shape)
                .append(" at ")
                .append(part.offset)
                .append(" + ")
                .append(part.size)
                .append('\n'));
    byte[] header = text.toString().getBytes(StandardCharsets.UTF_8);
    long dataStart = aligned(header.length + CHECKSUM_BYTES, PAGE);
    return new ImageLayout(recorder.parts, header, dataStart, dataStart + recorder.end);
  }

  private static long aligned(long offset, int to) {
    return Math.ceilDiv(offset, (long) to) * to;
  }

  /// Hears what a model asks for and puts one part after the other.
  private static final class Recorder implements ParameterCursor.Parameters {
    private final Backend backend;
    private final WeightImages images;
    private final WeightFormat format;
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private long end;

    Recorder(Backend backend, WeightImages images, WeightFormat format) {
      this.backend = backend;
      this.images = images;
      this.format = format;
    }

    /// A model that looks what is there has no layout of its own.
    @Override
    public boolean has(String name) {
      throw new UnsupportedOperationException("packed image: model with optional " + name);
    }

    @Override
    public Tensor tensor(String name, int[] shape) {
      Tensor tensor = Placeholders.tensor(backend, shape);
      long size = (long) Float.BYTES * tensor.shape().size();
      put(name, Kind.TENSOR, shape, WeightImages.ALIGNMENT, size);
      return tensor;
    }

    @Override
    public PackedWeight matrix(String name, int[] shape, boolean transposed) {
      PackedWeight weight = Placeholders.matrix(shape, transposed);
      long size = images.byteSize(weight.outputs(), weight.inputs(), format);
      put(name, transposed ? Kind.CONV1D : Kind.LINEAR, shape, PAGE, size);
      return weight;
    }

    private void put(String name, Kind kind, int[] shape, int alignment, long size) {
      Part before = parts.get(name);
      long offset = before == null ? aligned(end, alignment) : before.offset;
      Part part = new Part(kind, Arrays.toString(shape), offset, size);
      if (before == null) {
        parts.put(name, part);
        end = Math.addExact(offset, size);
      } else if (!before.equals(part)) {
        throw new IllegalArgumentException(
            "model: asks for " + name + " as " + before + " and as " + part);
      }
    }
  }
}
