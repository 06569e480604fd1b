package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.JsonObject;

/// A part of a data set: two files, with one row and one line for each image.
///
/// @param number from 0; names the files
/// @param embeddings the safetensors file
/// @param index the JSONL file
record Shard(int number, int images, int captions, Facts embeddings, Facts index) {
  /// What a file must be.
  record Facts(long bytes, String sha256) {
    static Facts of(Path file) throws IOException {
      return new Facts(Files.size(file), Sha256.of(file));
    }

    static Facts of(JsonObject json) {
      String digest = json.string("sha256");
      if (!digest.matches("[0-9a-f]{64}")) {
        throw json.refuse("sha256", digest, "64 hexadecimal digits");
      }
      return new Facts(json.integer("bytes", 0, Integer.MAX_VALUE), digest);
    }

    Map<String, Object> toMap() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("bytes", bytes);
      json.put("sha256", sha256);
      return json;
    }

    /// @throws BadInputException when the file is missing or of another length
    void checkSize(Path file) {
      try {
        long found = Files.size(file);
        if (found != bytes) {
          throw damaged(file, "is %d bytes, the data set says %d".formatted(found, bytes));
        }
      } catch (IOException e) {
        throw BadInputException.unreadable(file, e);
      }
    }

    /// @param found the digest of what was read from the file
    void checkDigest(Path file, String found) {
      if (!found.equals(sha256)) {
        throw damaged(file, "was changed: it has another SHA-256 than the data set says");
      }
    }

    private static BadInputException damaged(Path file, String cause) {
      return new BadInputException(file, cause + "; get a fresh copy or build it again");
    }
  }

  static Shard of(JsonObject json, int number) {
    return new Shard(
        number,
        json.integer("images", 0, Integer.MAX_VALUE),
        json.integer("captions", 0, Integer.MAX_VALUE),
        Facts.of(json.object("embeddings")),
        Facts.of(json.object("index")));
  }

  Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("images", images);
    json.put("captions", captions);
    json.put("embeddings", embeddings.toMap());
    json.put("index", index.toMap());
    return json;
  }

  /// @throws BadInputException when a file is missing or cannot hold what it should
  void checkSizes(Path folder) {
    embeddings.checkSize(embeddings(folder, number));
    Path file = index(folder, number);
    index.checkSize(file);
    if (images > index.bytes() || captions > index.bytes()) {
      throw new BadInputException(
          file, "cannot hold %d images and %d captions".formatted(images, captions));
    }
  }

  static Path embeddings(Path folder, int number) {
    return folder.resolve("shard-%05d.safetensors".formatted(number));
  }

  static Path index(Path folder, int number) {
    return folder.resolve("shard-%05d.jsonl".formatted(number));
  }
}
