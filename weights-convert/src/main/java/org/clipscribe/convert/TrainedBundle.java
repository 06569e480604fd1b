package org.clipscribe.convert;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;

/// Makes a bundle of another one, of which some weights were trained.
public final class TrainedBundle {
  private TrainedBundle() {}

  /// What to write.
  ///
  /// @param base where training began: tokenizer and preprocessing come from there
  /// @param config what the new bundle says of itself
  /// @param weights all of them, under the names of a bundle
  /// @param origin for the manifest: what was done
  /// @param target the folder to make; a bundle that is there is replaced, nothing else ever
  /// @param toolVersion of this program, for the manifest
  public record Request(
      Bundle base,
      BundleConfig config,
      NamedTensors weights,
      Map<String, Object> origin,
      Path target,
      String toolVersion) {}

  /// @throws BadInputException when something else is at the target
  public static ConvertReport write(Request request, Progress progress) {
    Path from = request.base().directory();
    try (StagedFolder folder = StagedFolder.create(request.target(), true)) {
      Path path = folder.path();
      for (String file : List.of(Bundle.VOCABULARY, Bundle.MERGES, Bundle.PREPROCESSOR)) {
        Files.copy(from.resolve(file), path.resolve(file));
      }
      for (String file : List.of(Bundle.CLIP_VOCABULARY, Bundle.CLIP_MERGES)) {
        if (Files.exists(from.resolve(file))) { // with CLIP's other half
          Files.copy(from.resolve(file), path.resolve(file));
        }
      }
      Files.writeString(path.resolve(Bundle.CONFIG), Json.writePretty(request.config().toMap()));
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      request.weights().names().forEach(name -> layout.put(name, request.weights().info(name)));
      BundleFiles.writeWeights(request.weights(), layout, path.resolve(Bundle.WEIGHTS), progress);
      Map<String, Object> base = Map.of("kind", "bundle", "sha256", request.base().info().digest());
      Manifest.write(path, Bundle.MANIFEST, List.of(base, request.origin()), request.toolVersion());
      folder.commit();
      return BundleFiles.report(request.target(), request.config(), "trained", layout, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(
          request.target() + ": cannot be written (" + e + "); nothing was left there", e);
    }
  }
}
