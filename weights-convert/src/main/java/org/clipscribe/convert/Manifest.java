package org.clipscribe.convert;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.clipscribe.nn.json.Json;

/// `manifest.json` of a bundle: what it was made of, with which version, and the digests of its
/// files. Says nothing of when or on which machine, so one conversion gives the same bytes
/// everywhere.
final class Manifest {
  static final String FORMAT = "clipscribe-manifest";

  private Manifest() {}

  /// Writes the manifest of a folder that is otherwise complete.
  ///
  /// @param origins what the bundle was made of
  static void write(Path folder, String name, List<Map<String, Object>> origins, String toolVersion)
      throws IOException {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("format", FORMAT);
    manifest.put("version", 1);
    manifest.put("tool", "clipscribe " + toolVersion);
    manifest.put("sources", origins);
    Map<String, Object> files = new TreeMap<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path file : entries.toList()) {
        files.put(file.getFileName().toString(), Digests.describe(file));
      }
    }
    manifest.put("files", files);
    Files.writeString(folder.resolve(name), Json.writePretty(manifest));
  }

  /// Kind, licence and digests of a checkpoint.
  static Map<String, Object> describe(Recognised source) throws IOException {
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("kind", source.family().label());
    Optional<String> licence = licence(source.files());
    licence.ifPresent(name -> origin.put("licence", name));
    Map<String, Object> files = new TreeMap<>();
    for (Path file : source.files().files()) {
      files.put(file.getFileName().toString(), Digests.describe(file));
    }
    origin.put("files", files);
    return origin;
  }

  /// What the model card beside the weights says, in the front matter of `README.md`.
  private static Optional<String> licence(WeightFiles files) throws IOException {
    Optional<Path> card = files.sibling("README.md");
    if (card.isEmpty()) {
      return Optional.empty();
    }
    try (BufferedReader reader = Files.newBufferedReader(card.get(), StandardCharsets.ISO_8859_1)) {
      if (!"---".equals(reader.readLine())) {
        return Optional.empty();
      }
      return reader
          .lines()
          .limit(200)
          .takeWhile(line -> !line.equals("---"))
          .filter(line -> line.startsWith("license:"))
          .map(line -> line.substring("license:".length()).strip())
          .filter(name -> name.matches("[A-Za-z0-9.+-]{1,60}"))
          .findFirst();
    }
  }
}
