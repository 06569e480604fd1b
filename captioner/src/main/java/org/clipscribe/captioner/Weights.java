package org.clipscribe.captioner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.PackedImage;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;

/// A bundle's weights on their way into memory: from the packed image if there is one, else from
/// `model.safetensors`, which leaves an image for the next time.
///
/// @param caches the user's folder for caches, if known
record Weights(Bundle bundle, Optional<Path> caches) {
  static Weights of(Bundle bundle) {
    return new Weights(bundle, caches(System.getenv(), System.getProperty("user.home", "")));
  }

  /// Where the XDG base directory specification puts caches.
  static Optional<Path> caches(Map<String, String> environment, String home) {
    Path stated = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    if (stated.isAbsolute()) {
      return Optional.of(stated.resolve("clipscribe"));
    }
    Path folder = Path.of(home, ".cache", "clipscribe");
    return folder.isAbsolute() ? Optional.of(folder) : Optional.empty();
  }

  /// @throws BadInputException when the weights are damaged or do not fit the configuration
  CaptionModel load(Backend backend, WeightFormat format, WeightCache cache) {
    boolean cached = cache != WeightCache.OFF && bundle.source() instanceof BundleSource.Folder;
    Optional<String> digest = cached ? bundle.statedDigest() : Optional.empty();
    Optional<PackedImage<CaptionModel>> image =
        digest.flatMap(
            stated ->
                PackedImage.of(
                    backend,
                    format,
                    key(stated),
                    source -> CaptionModel.of(source, bundle.config())));
    if (image.isEmpty()) {
      return pack(backend, format);
    }
    List<Path> places = places(image.get().fileName(), digest.orElseThrow());
    PackedImage.Access access =
        cache == WeightCache.MAPPED ? PackedImage.Access.MAP : PackedImage.Access.COPY;
    return image.get().load(places, access).orElseGet(() -> pack(image.get(), places));
  }

  private CaptionModel pack(Backend backend, WeightFormat format) {
    try (var weights = bundle.weights()) {
      return checkpoint(weights)
          .load(backend, format, source -> CaptionModel.of(source, bundle.config()));
    }
  }

  private CaptionModel pack(PackedImage<CaptionModel> image, List<Path> places) {
    try (var weights = bundle.weights()) {
      return image.loadAndKeep(checkpoint(weights), places);
    }
  }

  private Checkpoint checkpoint(NamedTensors weights) {
    return Checkpoint.of(weights, bundle.config().describe()).ignoring(TextTower::owns);
  }

  /// Whose weights an image holds. Size and time tell when the file was exchanged and the manifest
  /// was not.
  private String key(String digest) {
    Path file = bundle.directory().resolve(Bundle.WEIGHTS);
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return "sha256 " + digest + ", " + now.size() + " bytes of " + now.lastModifiedTime();
    } catch (IOException e) {
      throw BadInputException.unreadable(file, e);
    }
  }

  /// Beside the bundle, and where everybody can write.
  private List<Path> places(String name, String digest) {
    Path beside = bundle.directory().resolve(name);
    return caches
        .map(folder -> List.of(beside, folder.resolve("packed").resolve(digest).resolve(name)))
        .orElse(List.of(beside));
  }
}
