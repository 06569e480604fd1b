package org.clipscribe.scenes;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.safetensors.SafetensorsFile;

/// The drawings of one or several styles. Art files are made by `scenes/fetch-art`, and hold for
/// each concept a tensor of bytes `[drawings, 96, 96, 4]`, red, green, blue, opacity.
public final class Art {
  /// The drawings of one style.
  ///
  /// @param drawings by concept; none for what the style does not draw
  record Style(String name, boolean monochrome, List<List<Drawing>> drawings) {
    boolean draws(Concept concept) {
      return !drawings.get(concept.index()).isEmpty();
    }
  }

  private final Concepts concepts;
  private final List<Style> styles;

  Art(Concepts concepts, List<Style> styles) {
    this.concepts = concepts;
    this.styles = List.copyOf(styles);
  }

  /// Opens art files, `<style>.safetensors` in one folder.
  ///
  /// @param styles the styles to open
  /// @throws BadInputException when a file is missing or damaged
  public static Art open(Path folder, List<ArtStyle> styles) {
    Concepts concepts = Concepts.standard();
    List<Style> opened = new ArrayList<>();
    for (ArtStyle style : styles) {
      Path file = folder.resolve(style.name() + ".safetensors");
      if (!Files.exists(file)) {
        throw new BadInputException(
            file, "there is no such art file; make it with scenes/fetch-art " + folder);
      }
      opened.add(read(file, style, concepts));
    }
    return new Art(concepts, opened);
  }

  /// All styles that are for training.
  public static Art training(Path folder) {
    return open(folder, ArtStyle.all().stream().filter(ArtStyle::training).toList());
  }

  /// The style that training never sees.
  public static Art unseen(Path folder) {
    return open(folder, ArtStyle.all().stream().filter(style -> !style.training()).toList());
  }

  private static Style read(Path file, ArtStyle style, Concepts concepts) {
    List<List<Drawing>> drawings = new ArrayList<>();
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      for (Concept concept : concepts.all()) {
        drawings.add(
            tensors.names().contains(concept.name())
                ? drawings(tensors, file, concept.name())
                : List.of());
      }
    }
    return new Style(style.name(), style.monochrome(), drawings);
  }

  private static List<Drawing> drawings(SafetensorsFile tensors, Path file, String name) {
    TensorInfo info = tensors.info(name);
    List<Long> shape = info.shape().stream().map(Number::longValue).toList();
    int bytes = 4 * Drawing.SIZE * Drawing.SIZE;
    if (shape.size() != 4 || info.elements() % bytes != 0 || info.elements() > 16L * bytes) {
      throw new BadInputException(file, name + " has the shape " + shape + ", not [n, 96, 96, 4]");
    }
    List<Drawing> drawings = new ArrayList<>();
    long[] values = new long[bytes];
    byte[] rgba = new byte[bytes];
    for (long first = 0; first < info.elements(); first += bytes) {
      tensors.readLongs(name, first, bytes, values);
      for (int i = 0; i < bytes; i++) {
        rgba[i] = (byte) values[i];
      }
      drawings.add(Drawing.of(rgba));
    }
    return drawings;
  }

  /// Drawings made up from plain shapes, two to a concept: for tests and for trying the trainer
  /// without any art file.
  public static Art madeUp() {
    Concepts concepts = Concepts.standard();
    List<List<Drawing>> drawings = new ArrayList<>();
    for (Concept concept : concepts.all()) {
      drawings.add(List.of(MadeUpDrawing.of(concept, 0), MadeUpDrawing.of(concept, 1)));
    }
    return new Art(concepts, List.of(new Style("made-up", false, drawings)));
  }

  /// The same with some of its styles.
  public Art only(List<String> names) {
    return new Art(
        concepts, styles.stream().filter(style -> names.contains(style.name())).toList());
  }

  public Concepts concepts() {
    return concepts;
  }

  List<Style> styles() {
    return styles;
  }

  /// How many concepts each style draws, in the order of the styles.
  public Map<String, Long> coverage() {
    Map<String, Long> coverage = new java.util.LinkedHashMap<>();
    styles.forEach(
        style -> coverage.put(style.name(), concepts.all().stream().filter(style::draws).count()));
    return coverage;
  }
}
