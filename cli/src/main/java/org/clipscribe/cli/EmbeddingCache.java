package org.clipscribe.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.DType;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;

/// The vectors of a folder's pictures, so that each picture is looked at once. A file in that
/// folder, or where it cannot be written in the user's cache folder; it can be deleted at any time.
///
/// A picture is the one that was looked at when size and time are as they were, or else when its
/// content is. Vectors of another model are of no use, so the file is that of one model.
final class EmbeddingCache {
  static final String NAME = ".clipscribe-embeddings.safetensors";

  private static final String FORMAT = "clipscribe-embeddings-1";
  private static final String VECTORS = "embeddings";

  /// @param modified as the file system prints it
  private record Entry(long bytes, String modified, String digest, float[] vector) {}

  private final Path folder;
  private final List<Path> places;
  private final String model;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean changed;

  private EmbeddingCache(Path folder, List<Path> places, String model) {
    this.folder = folder;
    this.places = places;
    this.model = model;
  }

  /// @param folder of the pictures
  /// @param caches where to write when not there
  /// @param model says what vectors depend on besides a picture
  /// @param width elements of a vector
  static EmbeddingCache open(Path folder, Path caches, String model, int width) throws IOException {
    String path = folder.toRealPath().toString();
    String digest = CheckpointCache.digestOf(path.getBytes(StandardCharsets.UTF_8));
    List<Path> places =
        List.of(
            folder.resolve(NAME),
            caches.resolve("embeddings").resolve(digest.substring(0, 16) + ".safetensors"));
    EmbeddingCache cache = new EmbeddingCache(folder, places, model);
    for (Path place : places) {
      if (cache.entries.isEmpty() && Files.isRegularFile(place)) {
        cache.load(place, width);
      }
    }
    return cache;
  }

  private void load(Path place, int width) {
    try (SafetensorsFile file = SafetensorsFile.open(place)) {
      Map<String, String> metadata = file.metadata();
      if (!FORMAT.equals(metadata.get("format")) || !model.equals(metadata.get("model"))) {
        return;
      }
      byte[] list = metadata.getOrDefault("files", "").getBytes(StandardCharsets.UTF_8);
      List<JsonObject> files = Json.parseObject(list, place.toString()).objects("files");
      if (!file.info(VECTORS).equals(TensorInfo.of(DType.F32, files.size(), width))) {
        return;
      }
      float[] vectors = file.floats(VECTORS);
      for (int i = 0; i < files.size(); i++) {
        JsonObject one = files.get(i);
        entries.put(
            one.string("file"),
            new Entry(
                Long.parseLong(one.string("bytes")),
                one.string("modified"),
                one.string("sha256"),
                Arrays.copyOfRange(vectors, i * width, (i + 1) * width)));
      }
    } catch (BadInputException | IllegalArgumentException _) {
      entries.clear(); // what is no cache of ours is made anew
    }
  }

  /// The vector of a picture, if it was looked at before.
  Optional<float[]> find(Path picture) throws IOException {
    String name = name(picture);
    Entry entry = entries.get(name);
    if (entry == null || entry.bytes != Files.size(picture)) {
      return Optional.empty();
    }
    String modified = modified(picture);
    if (!entry.modified.equals(modified)) {
      if (!entry.digest.equals(CheckpointCache.digestOf(picture))) {
        return Optional.empty();
      }
      entries.put(name, new Entry(entry.bytes, modified, entry.digest, entry.vector));
      changed = true;
    }
    return Optional.of(entry.vector);
  }

  void put(Path picture, float[] vector) throws IOException {
    entries.put(
        name(picture),
        new Entry(
            Files.size(picture), modified(picture), CheckpointCache.digestOf(picture), vector));
    changed = true;
  }

  private String name(Path picture) {
    return folder.relativize(picture).toString();
  }

  private static String modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toString();
  }

  /// Writes what is new. Pictures that are gone are forgotten.
  void save() throws IOException {
    entries.keySet().removeIf(name -> !Files.exists(folder.resolve(name)));
    if (!changed || entries.isEmpty()) {
      return;
    }
    IOException first = null;
    for (Path place : places) {
      try {
        Files.createDirectories(place.toAbsolutePath().resolveSibling(""));
        write(place);
        changed = false;
        return;
      } catch (IOException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new IOException("no place for a cache") : first;
  }

  private void write(Path place) throws IOException {
    List<Map<String, Object>> files = new ArrayList<>();
    entries.forEach(
        (name, entry) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("file", name);
          one.put("bytes", Long.toString(entry.bytes));
          one.put("modified", entry.modified);
          one.put("sha256", entry.digest);
          files.add(one);
        });
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("model", model);
    metadata.put("files", Json.write(Map.of("files", files)));
    int width = entries.values().iterator().next().vector.length;
    Map<String, TensorInfo> layout =
        Map.of(VECTORS, TensorInfo.of(DType.F32, entries.size(), width));
    try (SafetensorsWriter writer = new SafetensorsWriter(place, layout, metadata)) {
      for (Entry entry : entries.values()) {
        writer.write(VECTORS, entry.vector, 0, width);
      }
      writer.commit();
    }
  }
}
