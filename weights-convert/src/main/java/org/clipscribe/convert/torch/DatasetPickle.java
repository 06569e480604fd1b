package org.clipscribe.convert.torch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.clipscribe.captioner.dataset.EmbeddedRows;
import org.clipscribe.convert.torch.ArrayValue.Array;
import org.clipscribe.convert.torch.ArrayValue.Content;
import org.clipscribe.convert.torch.ArrayValue.Listing;
import org.clipscribe.convert.torch.ArrayValue.Text;
import org.clipscribe.convert.torch.ArrayValue.Tuple;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;

/// The original's `dataset.pkl`: a pickled list of (image name, embedding, caption), the embedding
/// an array of numpy or a tensor of torch. Nothing in it is executed, see [ArrayPickleReader].
///
/// Embeddings of half, single and double precision are understood; a file with arrays of objects,
/// of integers or of several rows is refused.
///
/// @param file the pickle; it must not change while a data set is built of it
public record DatasetPickle(Path file) implements EmbeddedRows {
  @Override
  public void read(Sink sink) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long[] number = {0};
      ArrayPickleReader.read(
          new FileSlice(channel, file.toString(), 0, channel.size()),
          row -> deliver(row, file + " row " + number[0]++, sink));
    }
  }

  private static void deliver(ArrayValue row, String origin, Sink sink) throws IOException {
    List<ArrayValue> items =
        switch (row) {
          case Tuple(var parts) -> parts;
          case Listing list -> list.items;
          default -> List.of();
        };
    if (items.size() != 3
        || !(items.get(0) instanceof Text(String image))
        || !(items.get(1) instanceof Array array)
        || !(items.get(2) instanceof Text(String caption))) {
      throw new BadInputException(origin, "is not (image name, embedding, caption)");
    }
    Content content = array.content;
    if (content == null) {
      throw new BadInputException(origin, "its embedding is an array without content");
    }
    DType dtype = dtype(content, origin);
    sink.accept(image, caption, content.offset(), length(content, dtype, origin), dtype, origin);
  }

  private static DType dtype(Content content, String origin) {
    return switch (content.dtype()) {
      case "<f4" -> DType.F32;
      case "<f8" -> DType.F64;
      case "<f2" -> DType.F16;
      case ">f4", ">f8", ">f2" ->
          throw new BadInputException(
              origin, "its embedding is big-endian; write it again on an ordinary machine");
      case String type when type.contains("O") ->
          throw new BadInputException(
              origin, "its embedding is an array of Python objects, not of numbers");
      case String type ->
          throw new BadInputException(
              origin, "its embedding is of type " + type + ", expected floating point");
    };
  }

  /// Number of elements; a single row may be wrapped, as in `[1, 768]`.
  private static int length(Content content, DType dtype, String origin) {
    List<Long> rows = content.shape().stream().filter(size -> size != 1).toList();
    long length = rows.isEmpty() ? 1 : rows.getFirst();
    if (rows.size() > 1 || length > Integer.MAX_VALUE / dtype.bytes()) {
      throw new BadInputException(
          origin, "its embedding has the shape " + content.shape() + ", expected one row");
    }
    if (length * dtype.bytes() != content.length()) {
      throw new BadInputException(
          origin,
          "its embedding has the shape %s, but %d bytes"
              .formatted(content.shape(), content.length()));
    }
    return (int) length;
  }
}
