package org.clipscribe.convert;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// Sizes and SHA-256 digests of files, for manifests.
final class Digests {
  private Digests() {}

  /// `{"bytes": .., "sha256": ".."}`
  static Map<String, Object> describe(Path file) throws IOException {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("bytes", Files.size(file));
    description.put("sha256", sha256(file));
    return description;
  }

  /// In hexadecimal.
  static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] block = new byte[1 << 18];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        digest.update(block, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
