package org.clipscribe.scenes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.json.JsonObject;

/// One way of drawing the concepts: where its drawings come from and under which licence.
///
/// @param name of the style and of its art file, for example `twemoji`
/// @param title of the emoji set
/// @param author who must be credited
/// @param licence SPDX identifier
/// @param source where the set is published
/// @param npmPackage which holds the drawings as SVG
/// @param version of the package
/// @param integrity of the package's archive, as npm writes it
/// @param training false for the style that training never sees
/// @param monochrome whether it draws with one colour, which any colour may replace
/// @param drawings names in the package by name of concept; not every style draws everything
public record ArtStyle(
    String name,
    String title,
    String author,
    String licence,
    String source,
    String npmPackage,
    String version,
    String integrity,
    boolean training,
    boolean monochrome,
    Map<String, List<String>> drawings) {

  private static final String RESOURCE = "art-styles.json";

  /// All styles, in fixed order.
  public static List<ArtStyle> all() {
    List<ArtStyle> styles = new ArrayList<>();
    for (JsonObject json : Concepts.resource(RESOURCE).objects("styles")) {
      styles.add(of(json));
    }
    return List.copyOf(styles);
  }

  private static ArtStyle of(JsonObject json) {
    JsonObject names = json.object("drawings");
    Map<String, List<String>> drawings = new LinkedHashMap<>();
    names.names().forEach(name -> drawings.put(name, Concepts.strings(names, name)));
    return new ArtStyle(
        json.string("name"),
        json.string("title"),
        json.string("author"),
        json.string("licence"),
        json.string("source"),
        json.string("package"),
        json.string("version"),
        json.string("integrity"),
        json.bool("training", true),
        json.bool("monochrome", false),
        drawings);
  }
}
