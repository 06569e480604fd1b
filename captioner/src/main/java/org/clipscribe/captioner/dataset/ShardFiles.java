package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.clipscribe.nn.DType;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// Writes the two files of a shard and finds them again after an interruption.
///
/// The index comes first and the embeddings, which name its digest, second: when the second file
/// is there, the shard is finished. Bytes depend on the content alone.
///
/// @param build stands for all that the data set is built of; a shard of another build is not ours
record ShardFiles(Path folder, int width, String build) {
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
    writeWhole(Shard.index(folder, number), index);
    Map<String, TensorInfo> layout =
        Map.of(Shard.TENSOR, TensorInfo.of(DType.F32, images.size(), width));
    Map<String, String> metadata = // in an order that is always the same
        new TreeMap<>(
            Map.of(BUILD, build, INDEX, Sha256.of(index), CAPTIONS, Integer.toString(captions)));
    Path file = Shard.embeddings(folder, number);
    try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, metadata)) {
      writer.write(Shard.TENSOR, embeddings, 0, images.size() * width);
      writer.commit();
    }
    return facts(number, images.size(), captions);
  }

  private Shard facts(int number, int images, int captions) throws IOException {
    return new Shard(
        number,
        images,
        captions,
        Shard.Facts.of(Shard.embeddings(folder, number)),
        Shard.Facts.of(Shard.index(folder, number)));
  }

  static void writeWhole(Path file, byte[] bytes) throws IOException {
    try (AtomicFile whole = new AtomicFile(file)) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        whole.channel().write(left);
      }
      whole.commit();
    }
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
      if (!build.equals(metadata.get(BUILD)) || !written.names().contains(Shard.TENSOR)) {
        return Optional.empty();
      }
      List<Long> shape = written.info(Shard.TENSOR).shape();
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
