package org.clipscribe.captioner.dataset;

import java.nio.file.Path;
import java.util.Optional;

/// What [DatasetBuilder] should build.
///
/// @param source what [SourceKind#detect] found
/// @param images folder of the images; empty for where the source lies
/// @param target the data set: a new or empty folder, or one of the same build that was
///     interrupted
/// @param splitting which split an image goes to
/// @param batch images that are embedded together; at least 1
/// @param shardSize images of a shard, which is also what an interruption costs at most
/// @param decoders threads that decode images ahead; at least 1
/// @param strict whether anything that would be left out is an error
/// @param force whether a data set at the target is replaced
public record BuildRequest(
    SourceKind.Found source,
    Optional<Path> images,
    Path target,
    Splitting splitting,
    int batch,
    int shardSize,
    int decoders,
    boolean strict,
    boolean force) {
  /// At 20 images a second, which is what two cores do, three minutes of work; 12 MB at a width of
  /// 768.
  public static final int DEFAULT_SHARD_SIZE = 4096;

  /// Larger batches are no faster on a CPU.
  public static final int DEFAULT_BATCH = 16;

  public BuildRequest {
    if (batch < 1 || shardSize < 1 || decoders < 1) {
      throw new IllegalArgumentException(
          "batch %d, shard size %d, %d decoders: expected at least 1"
              .formatted(batch, shardSize, decoders));
    }
  }

  Path imageFolder() {
    return images.orElse(source.folder());
  }
}
