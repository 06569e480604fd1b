package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleClip;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.cli.ModelLocator.Location;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.convert.CheckpointModels;
import org.clipscribe.tensor.Backends;

/// Opens a CLIP with both towers: in a bundle, or as Hugging Face has it.
final class ClipModels {
  private static final List<String> WEIGHTS = List.of(".safetensors", ".bin", ".pt");

  private ClipModels() {}

  /// @param digest of all weights
  record Opened(ClipEncoder encoder, String name, String digest) implements AutoCloseable {
    @Override
    public void close() {
      encoder.close();
    }
  }

  static Opened open(Location location, CaptionerOptions options, Terminal terminal, boolean quiet)
      throws IOException {
    Path path = location.path();
    if (Files.isDirectory(path) && Bundle.isAt(path)) {
      ClipEncoder encoder = BundleClip.open(path, options);
      ModelInfo info = Bundle.open(path).info();
      return new Opened(encoder, info.name(), info.digest());
    }
    String digest = digest(path, CheckpointCache.of(terminal.environment()));
    Backends.Opened backend = Backends.open(options.device(), options.threads());
    try {
      if (!quiet) {
        backend.notice().ifPresent(terminal::warning);
      }
      ClipEncoder encoder = CheckpointModels.clip(path, backend.backend(), options.precision());
      return new Opened(encoder, location.name(), digest);
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
