package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Small data sets for tests, written without a model.
public final class TinyDataset {
  private TinyDataset() {}

  /// Writes a data set in one shard.
  ///
  /// @param embeddings one for each image, all of one length
  public static Path write(Path folder, List<CaptionedImage> images, float[][] embeddings) {
    return write(folder, images, embeddings, Math.max(1, images.size()));
  }

  /// The same of pictures.
  ///
  /// @param pictures one for each image, all of one length
  public static Path write(Path folder, List<CaptionedImage> images, byte[][] pictures) {
    float[][] values = new float[pictures.length][pictures[0].length];
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values[i].length; j++) {
        values[i][j] = pictures[i][j] & 0xff;
      }
    }
    return write(folder, Content.PICTURES, images, values, images.size());
  }

  /// @param shardSize the most images of a shard
  public static Path write(
      Path folder, List<CaptionedImage> images, float[][] embeddings, int shardSize) {
    return write(folder, Content.EMBEDDINGS, images, embeddings, shardSize);
  }

  private static Path write(
      Path folder,
      Content content,
      List<CaptionedImage> images,
      float[][] embeddings,
      int shardSize) {
    try {
      Files.createDirectories(folder);
      int width = embeddings.length == 0 ? 1 : embeddings[0].length;
      ShardFiles files = new ShardFiles(folder, content, width, "test");
      List<Shard> shards = new ArrayList<>();
      for (int first = 0; first < images.size(); first += shardSize) {
        int count = Math.min(shardSize, images.size() - first);
        float[] flat = new float[count * width];
        for (int i = 0; i < count; i++) {
          System.arraycopy(embeddings[first + i], 0, flat, i * width, width);
        }
        shards.add(files.write(shards.size(), images.subList(first, first + count), flat));
      }
      Map<Split, Manifest.Count> counts = new EnumMap<>(Split.class);
      for (CaptionedImage image : images) {
        counts.merge(
            image.split(), new Manifest.Count(1, image.captions().size()), Manifest.Count::plus);
      }
      Manifest manifest =
          new Manifest(content, width, "0".repeat(64), "f32", "test", counts, shards);
      Files.write(folder.resolve(Manifest.FILE), manifest.toJson());
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
