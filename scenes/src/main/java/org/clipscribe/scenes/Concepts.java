package org.clipscribe.scenes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;

/// The concepts that scenes show, and the words that a background may be called by. Read from
/// `scene-concepts.json`, which acceptance shares.
public final class Concepts {
  private static final String RESOURCE = "scene-concepts.json";

  private final List<Concept> all;
  private final Map<String, Concept> byName = new LinkedHashMap<>();
  private final Map<String, List<String>> backgroundWords = new LinkedHashMap<>();
  private final CaptionReader reader;

  private Concepts(JsonObject json) {
    List<Concept> concepts = new ArrayList<>();
    for (JsonObject entry : json.objects("concepts")) {
      String name = entry.string("name");
      List<String> plurals = strings(entry, "plural");
      Concept concept =
          new Concept(
              concepts.size(), name, plural(name, plurals), strings(entry, "singular"), plurals);
      concepts.add(concept);
      byName.put(name, concept);
    }
    all = List.copyOf(concepts);
    JsonObject backgrounds = json.object("backgrounds");
    for (String background : backgrounds.names()) {
      backgroundWords.put(background, strings(backgrounds, background));
    }
    reader = new CaptionReader(all, this::words);
  }

  /// The concepts that this module brings.
  public static Concepts standard() {
    return new Concepts(resource(RESOURCE));
  }

  /// A JSON document beside this class.
  static JsonObject resource(String name) {
    try (InputStream in = Concepts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the module");
      }
      return Json.parseObject(in.readAllBytes(), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> strings(JsonObject json, String key) {
    return json.list(key).stream()
        .map(
            value -> {
              if (value instanceof String text) {
                return text;
              }
              throw json.refuse(key, value, "an array of strings");
            })
        .toList();
  }

  /// Of the accepted plural forms the one that is made from the name: its first word changes when
  /// an `of` follows (`slices of pizza`), else its last.
  private static String plural(String name, List<String> plurals) {
    int of = name.indexOf(" of ");
    String head = of < 0 ? name : name.substring(0, of);
    String tail = of < 0 ? "" : name.substring(of);
    List<String> regular =
        List.of(
            head + "s",
            head + "es",
            head,
            head.substring(0, head.length() - 1) + "ies",
            head.substring(0, head.length() - 1) + "ves",
            head.replaceFirst("man$", "men"),
            head.replaceFirst("mouse$", "mice"),
            head.replaceFirst("leaf$", "leaves"),
            head.replaceFirst("loaf$", "loaves"),
            head.replaceFirst("die$", "dice"));
    for (String form : regular) {
      if (plurals.contains(form + tail)) {
        return form + tail;
      }
    }
    // "pair of scissors" becomes "pairs of scissors"; whatever else there is stands as it is.
    return plurals.stream().filter(form -> form.endsWith(tail)).findFirst().orElse(plurals.get(0));
  }

  /// All concepts, in the order of their indices.
  public List<Concept> all() {
    return all;
  }

  /// How many there are.
  public int count() {
    return all.size();
  }

  /// The concept of this label.
  public Concept get(int index) {
    return all.get(index);
  }

  /// The concept that captions call by this name.
  ///
  /// @throws BadInputException when there is none
  public Concept named(String name) {
    Concept concept = byName.get(name);
    if (concept == null) {
      throw new BadInputException(RESOURCE, "there is no concept " + BadInputException.quote(name));
    }
    return concept;
  }

  /// What finds these concepts in sentences.
  CaptionReader reader() {
    return reader;
  }

  /// The words by which a caption may name a background.
  List<String> words(Background background) {
    List<String> words = backgroundWords.get(background.word());
    if (words == null) {
      throw new IllegalStateException(RESOURCE + " has no background " + background.word());
    }
    return words;
  }
}
