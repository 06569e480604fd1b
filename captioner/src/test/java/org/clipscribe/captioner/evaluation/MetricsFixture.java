package org.clipscribe.captioner.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// One folder of golden scores.
record MetricsFixture(List<Item> items, JsonObject expected) {
  /// @param tokenised what the reference's tokenizer made of the texts
  record Item(String candidate, List<String> references, TokenisedCaption tokenised) {}

  static Stream<String> names() {
    return Stream.of("coco126", "clipscore2-good", "clipscore2-bad", "one-image", "edges");
  }

  static MetricsFixture read(String name) {
    List<Item> items = new ArrayList<>();
    for (JsonObject item : json(name + "/data.json").objects("items")) {
      items.add(
          new Item(
              item.string("candidate"),
              strings(item, "references"),
              new TokenisedCaption(
                  split(item.string("candidate_tokenised")),
                  strings(item, "references_tokenised").stream()
                      .map(MetricsFixture::split)
                      .toList())));
    }
    return new MetricsFixture(items, json(name + "/expected.json"));
  }

  List<TokenisedCaption> tokenised() {
    return items.stream().map(Item::tokenised).toList();
  }

  private static List<String> strings(JsonObject object, String name) {
    return object.list(name).stream().map(String.class::cast).toList();
  }

  private static List<String> split(String words) {
    return words.isEmpty() ? List.of() : List.of(words.split(" "));
  }

  private static JsonObject json(String file) {
    try (InputStream in =
        Objects.requireNonNull(MetricsFixture.class.getResourceAsStream("/metrics/" + file))) {
      return Json.parseObject(in.readAllBytes(), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
