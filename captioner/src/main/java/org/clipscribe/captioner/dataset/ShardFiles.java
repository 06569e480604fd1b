package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.clipscribe.nn.AtomicFile;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// Writes the two files of a shard and finds them again after an interruption.
///
/// The index comes first and the embeddings, which name its digest, second: when the second file
/// is there, the shard is finished. Bytes depend on the content alone.
///
/// @param content what is kept of an image
/// @param width numbers of it
/// @param build stands for all that the data set is built of; a shard of another build is not ours
record ShardFiles(Path folder, Content content, int width, String build) {
  private static final String BUILD = "build";
  private static final String INDEX = "index_sha256";
  private static final String CAPTIONS = "captions";

  /// @param embeddings one after another, in the order of the images; more may follow
  Shard write(int number, List<CaptionedImage> images, float[] embeddings) throws IOException {
    StringBuilder lines = new StringBuilder();
    int captions = 0;
    for (CaptionedImage image : images) {
      lines.append(IndexLine.write(image)).append('\n');
      captions += image.captions().size();
    }
    byte[] index = lines.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(Shard.index(folder, number), index);
    Map<String, TensorInfo> layout =
        Map.of(content.label(), TensorInfo.of(content.dtype(), images.size(), width));
    Map<String, String> metadata = // in an order that is always the same
        new TreeMap<>(
            Map.of(BUILD, build, INDEX, Sha256.of(index), CAPTIONS, Integer.toString(captions)));
    Path file = Shard.embeddings(folder, number);
    try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, metadata)) {
      if (content == Content.EMBEDDINGS) {
        writer.write(content.label(), embeddings, 0, images.size() * width);
      } else {
        writeWholeNumbers(writer, embeddings, images.size());
      }
      writer.commit();
    }
    return facts(number, images.size(), captions);
  }

  /// A row at a time: the writer takes whole numbers in eight bytes each.
  private void writeWholeNumbers(SafetensorsWriter writer, float[] values, int rows)
      throws IOException {
    long[] row = new long[width];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < width; j++) {
        row[j] = (long) values[i * width + j];
      }
      writer.write(content.label(), row, 0, width);
    }
  }

  private Shard facts(int number, int images, int captions) throws IOException {
    return new Shard(
        number,
        images,
        captions,
        Shard.Facts.of(Shard.embeddings(folder, number)),
        Shard.Facts.of(Shard.index(folder, number)));
  }

  /// A shard that an earlier run of the same build finished.
  ///
  /// @return empty when there is none, or one that cannot be relied on
  Optional<Shard> finished(int number) throws IOException {
    Path file = Shard.embeddings(folder, number);
    Path index = Shard.index(folder, number);
    if (!Files.isRegularFile(file) || !Files.isRegularFile(index)) {
      return Optional.empty();
    }
    try (SafetensorsFile written = SafetensorsFile.open(file)) {
      Map<String, String> metadata = written.metadata();
      if (!build.equals(metadata.get(BUILD)) || !written.names().contains(content.label())) {
        return Optional.empty();
      }
      List<Long> shape = written.info(content.label()).shape();
      Shard shard =
          facts(
              number,
              Math.toIntExact(shape.getFirst()),
              Integer.parseInt(Objects.requireNonNullElse(metadata.get(CAPTIONS), "0")));
      return Optional.of(shard).filter(facts -> facts.index().sha256().equals(metadata.get(INDEX)));
    } catch (BadInputException | ArithmeticException | NumberFormatException _) {
      return Optional.empty(); // a damaged file is written again
    }
  }
}
