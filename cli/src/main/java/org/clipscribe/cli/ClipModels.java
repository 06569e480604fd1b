package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleClip;
import org.clipscribe.captioner.BundleSource;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.EmbeddedModel;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.convert.CheckpointModels;
import org.clipscribe.tensor.Backends;

/// Opens a CLIP with both towers: in a bundle, or as Hugging Face has it.
final class ClipModels {
  private static final List<String> WEIGHTS = List.of(".safetensors", ".bin", ".pt");

  /// What CLIP's authors found best.
  private static final String LABEL_TEMPLATE = "a photo of a {}.";

  private ClipModels() {}

  /// @param digest of all weights
  /// @param template a sentence that it was taught labels in, `{}` in their place
  record Opened(ClipEncoder encoder, String name, String digest, String template)
      implements AutoCloseable {
    @Override
    public void close() {
      encoder.close();
    }
  }

  static Opened open(Location location, CaptionerOptions options, Terminal terminal, boolean quiet)
      throws IOException {
    return switch (location) {
      case Location.BundleFolder(Path folder) when Bundle.isAt(folder) ->
          bundle(Bundle.open(folder), options);
      case Location.OnDisk onDisk -> checkpoint(onDisk, options, terminal, quiet);
      case Location.Embedded _ ->
          bundle(new ModelFolders(terminal, quiet).bundle(location), options);
    };
  }

  private static Opened bundle(Bundle bundle, CaptionerOptions options) {
    String template =
        bundle.source() instanceof BundleSource.Embedded(EmbeddedModel model)
            ? model.labelTemplate()
            : LABEL_TEMPLATE;
    ModelInfo info = bundle.info();
    return new Opened(BundleClip.open(bundle, options), info.name(), info.digest(), template);
  }

  private static Opened checkpoint(
      Location.OnDisk location, CaptionerOptions options, Terminal terminal, boolean quiet)
      throws IOException {
    Path path = location.path();
    String digest = digest(path, CheckpointCache.of(terminal.environment()));
    Backends.Opened backend = Backends.open(options.device(), options.threads());
    try {
      if (!quiet) {
        backend.notice().ifPresent(terminal::warning);
      }
      ClipEncoder encoder = CheckpointModels.clip(path, backend.backend(), options.precision());
      return new Opened(encoder, location.name(), digest, LABEL_TEMPLATE);
    } catch (RuntimeException | Error e) {
      backend.backend().close();
      throw e;
    }
  }

  /// What results call a model that is no bundle.
  static String name(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = Files.isDirectory(absolute) ? absolute : absolute.resolveSibling("");
    Path name = folder.getFileName();
    return name == null ? "model" : name.toString();
  }

  private static String digest(Path path, CheckpointCache cache) throws IOException {
    if (!Files.isDirectory(path)) {
      return cache.digest(path);
    }
    try (Stream<Path> entries = Files.list(path)) {
      StringBuilder all = new StringBuilder();
      List<Path> files =
          entries
              .filter(file -> WEIGHTS.stream().anyMatch(String.valueOf(file)::endsWith))
              .sorted()
              .toList();
      for (Path file : files) {
        all.append(cache.digest(file));
      }
      return files.size() == 1
          ? all.toString()
          : CheckpointCache.digestOf(all.toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
