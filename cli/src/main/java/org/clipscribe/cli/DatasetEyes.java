package org.clipscribe.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.ImageEmbedder;
import org.clipscribe.captioner.dataset.BuildListener;
import org.clipscribe.captioner.dataset.BuildReport;
import org.clipscribe.captioner.dataset.BuildRequest;
import org.clipscribe.captioner.dataset.DatasetBuilder;
import org.clipscribe.captioner.dataset.Embedder;
import org.clipscribe.captioner.dataset.PictureCrops;
import org.clipscribe.captioner.dataset.SourceKind;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.convert.CheckpointModels;
import org.clipscribe.convert.torch.DatasetPickle;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.media.ReadOptions;
import org.clipscribe.nn.BadInputException;

/// Who looks at the images of a data set, and what is kept of them.
sealed interface DatasetEyes {
  BuildReport build(BuildRequest request, BuildListener listener) throws IOException;

  /// Images of a shard when nothing else is said.
  int usualShard();

  private static String reading(ReadOptions options) {
    return (options.upright() ? "upright" : "as stored")
        + (options.allowDamaged() ? ", damaged allowed" : "");
  }

  private static boolean isPickle(BuildRequest request) {
    return request.source().kind() == SourceKind.PICKLE;
  }

  /// A vision tower looks, and its embeddings are kept.
  record Looking(
      Terminal terminal,
      boolean quiet,
      Bundle bundle,
      CaptionerOptions options,
      ReadOptions readOptions)
      implements DatasetEyes {
    @Override
    public int usualShard() {
      return BuildRequest.DEFAULT_SHARD_SIZE;
    }

    @Override
    public BuildReport build(BuildRequest request, BuildListener listener) throws IOException {
      ImageFileReader reader = new ImageFileReader(readOptions);
      String digest = ImageEmbedder.digest(bundle);
      if (isPickle(request)) {
        Path file = request.source().files().getFirst();
        int width = bundle.config().vision().width();
        Tower tower = new Tower(Optional.empty(), reader, width, digest, "made elsewhere");
        return DatasetBuilder.build(request, tower, new DatasetPickle(file), listener);
      }
      try (ImageEmbedder embedder = ImageEmbedder.open(bundle, options)) {
        embedder.notice().filter(_ -> !quiet).ifPresent(terminal::warning);
        String settings =
            options.precision().name().toLowerCase(Locale.ROOT) + ", " + reading(readOptions);
        Tower tower = new Tower(Optional.of(embedder), reader, embedder.width(), digest, settings);
        return DatasetBuilder.build(request, tower, listener);
      }
    }
  }

  /// The pictures themselves are kept.
  record Keeping(ImagePreprocessor preprocessor, ReadOptions readOptions) implements DatasetEyes {
    /// Numbers of a shard while it is read: 64 MB.
    private static final int NUMBERS = 1 << 24;

    static Keeping of(Location location, ReadOptions readOptions) {
      PreprocessorConfig preprocessor =
          switch (location) {
            case Location.OnDisk onDisk -> CheckpointModels.preprocessor(onDisk.path());
            case Location.Embedded _ -> Bundle.embedded().preprocessor();
          };
      return new Keeping(new ImagePreprocessor(preprocessor), readOptions);
    }

    @Override
    public int usualShard() {
      return Math.max(1, NUMBERS / crops().width());
    }

    @Override
    public BuildReport build(BuildRequest request, BuildListener listener) throws IOException {
      if (isPickle(request)) {
        throw new BadInputException(
            request.source().files().getFirst(), "holds embeddings and no pictures");
      }
      return DatasetBuilder.build(request, crops(), listener);
    }

    private PictureCrops crops() {
      ImageFileReader reader = new ImageFileReader(readOptions);
      return new PictureCrops(
          preprocessor, (in, origin) -> reader.read(in, origin).image(), reading(readOptions));
    }
  }

  /// A vision tower with eyes for image files.
  record Tower(
      Optional<ImageEmbedder> embedder,
      ImageFileReader reader,
      int width,
      String digest,
      String settings)
      implements Embedder {
    @Override
    public float[] pixels(InputStream in, String origin) throws IOException {
      return embedder.orElseThrow().pixels(reader.read(in, origin).image());
    }

    @Override
    public float[] embed(List<float[]> pixels) {
      return embedder.orElseThrow().embed(pixels);
    }
  }
}
