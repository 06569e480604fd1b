package org.clipscribe.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.nn.AtomicFile;

/// Bundles of checkpoints that were named where a bundle is needed, so that each is converted once.
///
/// They lie in the user's cache folder under the digest of the checkpoint: a checkpoint that is
/// changed is converted anew, one that is moved is not.
final class CheckpointCache {
  private final Path folder;

  private CheckpointCache(Path folder) {
    this.folder = folder;
  }

  /// Where the XDG rules put caches.
  static CheckpointCache of(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
    Path base = cache.startsWith("/") ? Path.of(cache) : Path.of(home, ".cache");
    return new CheckpointCache(base.resolve("clipscribe"));
  }

  /// Our part of the user's cache.
  Path folder() {
    return folder;
  }

  /// What a bundle is made of.
  ///
  /// @param checkpoint a file
  /// @param name what results call the model
  /// @param clip a file with CLIP's weights, for a checkpoint that holds none
  record Source(Path checkpoint, String name, Optional<Path> clip) {
    /// The original's checkpoints differ by their folder only, so that is the name.
    static Source of(Path checkpoint) {
      return new Source(checkpoint, ClipModels.name(checkpoint), Optional.empty());
    }
  }

  /// What makes a bundle of a checkpoint.
  @FunctionalInterface
  interface Conversion {
    void convert(Source source, Path bundle);
  }

  /// The bundle of a checkpoint, converted now if it was not before.
  Path bundle(Source source, Conversion conversion) throws IOException {
    Path place = place(source);
    Optional<Path> there = bundleIn(place);
    if (there.isPresent()) {
      return there.get();
    }
    Path bundle = place.resolve(source.name());
    try {
      conversion.convert(source, bundle);
    } catch (RuntimeException e) {
      if (!isBundle(bundle)) { // else another process was faster, which is as good
        throw e;
      }
    }
    return bundle;
  }

  /// Where the bundles of a checkpoint are kept, whether there is one or not.
  Path place(Source source) throws IOException {
    return folder
        .resolve("bundles-" + BundleConfig.VERSION)
        .resolve(identity(source).substring(0, 16));
  }

  private static Optional<Path> bundleIn(Path place) throws IOException {
    if (!Files.isDirectory(place)) {
      return Optional.empty();
    }
    try (Stream<Path> entries = Files.list(place)) {
      return entries.filter(CheckpointCache::isBundle).findFirst();
    }
  }

  private static boolean isBundle(Path path) {
    String name = String.valueOf(path.getFileName());
    return !name.startsWith(".") && Files.isRegularFile(path.resolve(Bundle.CONFIG));
  }

  /// Stands for a checkpoint and the small files beside it that a conversion may read.
  private String identity(Source source) throws IOException {
    Path checkpoint = source.checkpoint();
    MessageDigest identity = sha256();
    identity.update(digest(checkpoint).getBytes(StandardCharsets.UTF_8));
    for (String name :
        List.of(
            Bundle.CONFIG,
            Bundle.PREPROCESSOR,
            Bundle.VOCABULARY,
            Bundle.MERGES,
            "generation_config.json")) {
      Path file = checkpoint.toAbsolutePath().resolveSibling(name);
      if (Files.isRegularFile(file)) {
        identity.update(name.getBytes(StandardCharsets.UTF_8));
        identity.update(sha256().digest(Files.readAllBytes(file)));
      }
    }
    if (source.clip().isPresent()) {
      identity.update(digest(source.clip().get()).getBytes(StandardCharsets.UTF_8));
    }
    return hex(identity.digest());
  }

  /// Of the content; taken from a note of ours as long as size and time are those of the note, as
  /// reading gigabytes takes seconds.
  String digest(Path file) throws IOException {
    Path path = file.toRealPath();
    String state = Files.size(path) + " " + Files.getLastModifiedTime(path).toInstant();
    Path note =
        folder
            .resolve("digests")
            .resolve(hex(sha256().digest(path.toString().getBytes(StandardCharsets.UTF_8))));
    if (Files.isRegularFile(note)) {
      String[] lines = Files.readString(note).split("\n");
      if (lines.length == 2 && lines[0].equals(state) && lines[1].matches("[0-9a-f]{64}")) {
        return lines[1];
      }
    }
    String digest = digestOf(path);
    try {
      AtomicFile.write(note, (state + "\n" + digest + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // A cache that can only be read still holds bundles; without the note we compute it again.
    }
    return digest;
  }

  static String digestOf(byte[] content) {
    return hex(sha256().digest(content));
  }

  static String digestOf(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] block = new byte[1 << 18];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        digest.update(block, 0, count);
      }
    }
    return hex(digest.digest());
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
