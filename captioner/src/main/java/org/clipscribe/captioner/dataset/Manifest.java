package org.clipscribe.captioner.dataset;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// The `dataset.json` of a data set. It is written last: a folder without it is no data set yet.
///
/// @param content what is kept of an image
/// @param width of the embeddings, or bytes of a picture
/// @param model digest of what made the embeddings, see [Embedder#digest]
/// @param settings see [Embedder#settings]
/// @param source the kind of source that images and captions came from, like `flickr30k`
/// @param splits how many images and captions each split has
record Manifest(
    Content content,
    int width,
    String model,
    String settings,
    String source,
    Map<Split, Count> splits,
    List<Shard> shards) {
  static final String FILE = "dataset.json";
  static final String FORMAT = "clipscribe-dataset";

  /// The newest `version` this code reads.
  static final int VERSION = 1;

  /// @param images with all their captions
  record Count(int images, int captions) {
    Count plus(Count more) {
      return new Count(Math.addExact(images, more.images), Math.addExact(captions, more.captions));
    }
  }

  Manifest {
    splits = Map.copyOf(splits);
    shards = List.copyOf(shards);
  }

  int images() {
    return shards.stream().mapToInt(Shard::images).reduce(0, Math::addExact);
  }

  int captions() {
    return shards.stream().mapToInt(Shard::captions).reduce(0, Math::addExact);
  }

  Count count(Split split) {
    return splits.getOrDefault(split, new Count(0, 0));
  }

  /// Reads and checks the manifest of a folder.
  static Manifest read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      throw new BadInputException(
          folder,
          Files.exists(folder.resolve(BuildFolder.RECIPE))
              ? "is a data set that was not finished; repeat its `clipscribe dataset build`, which"
                  + " goes on where it stopped"
              : "is not a data set: it has no "
                  + FILE
                  + "; make one with `clipscribe dataset build`");
    }
    JsonObject json = Json.readObject(file);
    if (!FORMAT.equals(json.get("format"))) {
      throw json.refuse("format", json.get("format"), "\"" + FORMAT + "\"");
    }
    json.integer("version", 1, VERSION);
    List<Shard> shards = new ArrayList<>();
    for (JsonObject shard : json.objects("shards")) {
      shards.add(Shard.of(shard, shards.size()));
    }
    Map<Split, Count> splits = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      JsonObject count = json.object("splits").object(split.label());
      splits.put(
          split,
          new Count(
              count.integer("images", 0, Integer.MAX_VALUE),
              count.integer("captions", 0, Integer.MAX_VALUE)));
    }
    String content = json.string("content", Content.EMBEDDINGS.label());
    return new Manifest(
        Content.of(content)
            .orElseThrow(() -> json.refuse("content", content, "\"embeddings\" or \"pictures\"")),
        json.integer("width", 1, 1 << 24),
        json.object("model").string("sha256"),
        json.object("model").string("settings"),
        json.string("source"),
        splits,
        shards);
  }

  byte[] toJson() {
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      Map<String, Object> count = new LinkedHashMap<>();
      count.put("images", count(split).images());
      count.put("captions", count(split).captions());
      counts.put(split.label(), count);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("version", VERSION);
    json.put("content", content.label());
    json.put("width", width);
    json.put("images", images());
    json.put("captions", captions());
    json.put("splits", counts);
    json.put("source", source);
    Map<String, Object> maker = new LinkedHashMap<>();
    maker.put("sha256", model);
    maker.put("settings", settings);
    json.put("model", maker);
    json.put("shards", shards.stream().map(Shard::toMap).toList());
    return Json.writePretty(json).getBytes(StandardCharsets.UTF_8);
  }
}
