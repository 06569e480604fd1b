package org.clipscribe.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;

/// The digest of a file's bytes, which the hub uses as its name: SHA-256 of a large file, of any
/// other what git calls it, the SHA-1 of `blob <size>\0` and the bytes.
///
/// @param kind how it is computed
/// @param hex lower case
public record BlobDigest(Kind kind, String hex) {
  private static final int BLOCK = 1 << 18;

  /// How a digest is computed.
  public enum Kind {
    GIT_SHA1("SHA-1", 40),
    SHA256("SHA-256", 64);

    private final String algorithm;
    private final int digits;

    Kind(String algorithm, int digits) {
      this.algorithm = algorithm;
      this.digits = digits;
    }
  }

  public BlobDigest {
    if (hex.length() != kind.digits || !hex.matches("[0-9a-f]*")) {
      throw new IllegalArgumentException(hex + " is not " + kind.digits + " hex digits");
    }
  }

  /// A SHA-256 as people write it, in either case.
  ///
  /// @throws IllegalArgumentException when it is not 64 hex digits
  public static BlobDigest sha256(String hex) {
    return new BlobDigest(Kind.SHA256, hex.toLowerCase(Locale.ROOT));
  }

  /// What a server's `ETag` stands for; empty when it is no digest, so nothing can be verified with
  /// it, and no name for a file.
  static Optional<BlobDigest> ofEtag(String etag) {
    String bare = etag.startsWith("W/") ? etag.substring(2) : etag;
    return ofName(bare.replaceAll("^\"|\"$", ""));
  }

  /// The digest that a blob of the cache is named after.
  static Optional<BlobDigest> ofName(String name) {
    for (Kind kind : Kind.values()) {
      if (name.length() == kind.digits && name.matches("[0-9a-f]*")) {
        return Optional.of(new BlobDigest(kind, name));
      }
    }
    return Optional.empty();
  }

  /// Whether a file has this digest. Reads all of it.
  ///
  /// @param read told how many bytes were read so far
  boolean isOf(Path file, LongConsumer read) throws IOException {
    return of(kind, file, read).equals(this);
  }

  static BlobDigest of(Kind kind, Path file, LongConsumer read) throws IOException {
    MessageDigest digest = digest(kind);
    try (InputStream in = Files.newInputStream(file)) {
      if (kind == Kind.GIT_SHA1) {
        String header = "blob " + Files.size(file) + "\0";
        digest.update(header.getBytes(StandardCharsets.US_ASCII));
      }
      byte[] block = new byte[BLOCK];
      long total = 0;
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        Interruptions.check();
        digest.update(block, 0, count);
        total += count;
        read.accept(total);
      }
    }
    return new BlobDigest(kind, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest digest(Kind kind) {
    try {
      return MessageDigest.getInstance(kind.algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + kind.algorithm, e);
    }
  }

  @Override
  public String toString() {
    return (kind == Kind.SHA256 ? "sha256 " : "git sha1 ") + hex;
  }
}
