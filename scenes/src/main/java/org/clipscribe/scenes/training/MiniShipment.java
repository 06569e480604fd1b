package org.clipscribe.scenes.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// Puts a trained bundle into the module that ships it: weights rounded to bfloat16, the small
/// files as they are, a manifest with the digest of each, and the notice that the art's licences
/// ask for. The same bundle gives the same files.
/// ```
/// MiniShipment BUNDLE NOTICE TARGET
/// ```
final class MiniShipment {
  /// More would make the jar a burden for who does not need it.
  private static final long MOST_BYTES = 8_000_000;

  private static final String NOTICE = "NOTICE";

  private static final List<String> SMALL =
      List.of(
          Bundle.CONFIG,
          Bundle.PREPROCESSOR,
          Bundle.VOCABULARY,
          Bundle.MERGES,
          Bundle.CLIP_VOCABULARY,
          Bundle.CLIP_MERGES);

  private MiniShipment() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 3) {
      System.err.println("usage: MiniShipment BUNDLE NOTICE TARGET");
      System.exit(2);
    }
    try {
      long bytes = ship(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
      System.out.printf("%,d bytes in %s%n", bytes, args[2]);
    } catch (BadInputException e) {
      System.err.println("ship-mini: " + e.getMessage());
      System.exit(3);
    }
  }

  /// @return how many bytes are shipped
  /// @throws BadInputException when the bundle is none or too large
  static long ship(Path bundle, Path notice, Path target) throws IOException {
    Bundle.open(bundle); // checks the small files
    Files.createDirectories(target);
    for (String file : SMALL) {
      Files.copy(bundle.resolve(file), target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.copy(notice, target.resolve(NOTICE), StandardCopyOption.REPLACE_EXISTING);
    round(bundle.resolve(Bundle.WEIGHTS), target.resolve(Bundle.WEIGHTS));
    Map<String, Object> files = new TreeMap<>();
    long bytes = 0;
    for (String file : SMALL) {
      files.put(file, describe(target.resolve(file)));
      bytes += Files.size(target.resolve(file));
    }
    files.put(Bundle.WEIGHTS, describe(target.resolve(Bundle.WEIGHTS)));
    bytes += Files.size(target.resolve(Bundle.WEIGHTS));
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("kind", "clipscribe's miniature of scenes");
    source.put("weights", "trained in single precision, rounded to bfloat16");
    source.put("files", Map.of(Bundle.WEIGHTS, describe(bundle.resolve(Bundle.WEIGHTS))));
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("format", "clipscribe-manifest");
    manifest.put("version", 1);
    manifest.put("sources", List.of(source));
    manifest.put("files", files);
    Files.writeString(target.resolve(Bundle.MANIFEST), Json.writePretty(manifest));
    if (bytes > MOST_BYTES) {
      throw new BadInputException(
          target, "holds %,d bytes, at most %,d are shipped".formatted(bytes, MOST_BYTES));
    }
    return bytes;
  }

  private static void round(Path from, Path to) throws IOException {
    try (SafetensorsFile trained = SafetensorsFile.open(from)) {
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      for (String name : trained.names()) {
        layout.put(name, new TensorInfo(DType.BF16, trained.info(name).shape()));
      }
      try (SafetensorsWriter writer = new SafetensorsWriter(to, layout, Map.of("format", "pt"))) {
        for (String name : layout.keySet()) {
          writer.copy(name, trained, name);
        }
        writer.commit();
      }
    }
  }

  private static Map<String, Object> describe(Path file) throws IOException {
    try {
      byte[] content = Files.readAllBytes(file);
      Map<String, Object> description = new LinkedHashMap<>();
      description.put("bytes", content.length);
      description.put(
          "sha256", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
      return description;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
