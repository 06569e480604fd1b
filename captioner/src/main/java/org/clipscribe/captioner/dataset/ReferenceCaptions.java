package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.clipscribe.nn.BadInputException;

/// What people wrote about the images of a split, for evaluation: from a data set of ours, or from
/// any source that a data set can be built of. All of it is in memory, about 1 KB an image.
public final class ReferenceCaptions {
  private ReferenceCaptions() {}

  /// Reads the images of a split in the order of the source.
  ///
  /// @param source a data set's folder, or a file or folder as [SourceKind] knows them
  /// @param images folder in which an image of several possible names is looked for; empty for the
  ///     source's own
  /// @param wanted the split; empty for `test` where the source has splits, else all images. Where
  ///     a split is asked of a source that has none, images are split as `dataset build` does
  ///     by default
  /// @param work an empty folder for what is sorted on disk; the caller removes it
  /// @param problems hears of what is left out
  /// @throws BadInputException when the source cannot be read
  public static List<CaptionedImage> read(
      Path source,
      Optional<Path> images,
      Optional<Split> wanted,
      Path work,
      Consumer<Problem> problems) {
    if (Files.isRegularFile(source.resolve("dataset.json"))) {
      return ofDataset(source, wanted.orElse(Split.TEST));
    }
    SourceKind.Found found = SourceKind.detect(source);
    if (found.kind() == SourceKind.PICKLE) {
      throw new BadInputException(source, "has no pictures; build a data set of it first");
    }
    Map<String, Row> rows = read(found, work, new Problems(false, problems));
    boolean stated = rows.values().stream().anyMatch(row -> row.split().isPresent());
    Optional<Split> split = wanted.isEmpty() && stated ? Optional.of(Split.TEST) : wanted;
    List<CaptionedImage> result = new ArrayList<>();
    for (Row row : rows.values()) {
      String name = name(row, images.orElse(found.folder()));
      Split own = Splitting.DEFAULT.of(row.split(), name);
      if (!row.captions().isEmpty() && (split.isEmpty() || split.get() == own)) {
        result.add(new CaptionedImage(row.id(), name, own, row.captions()));
      }
    }
    return result;
  }

  private static List<CaptionedImage> ofDataset(Path folder, Split split) {
    try (EmbeddingDataset dataset = EmbeddingDataset.open(folder)) {
      Samples samples = dataset.samples(split);
      return IntStream.range(0, samples.images())
          .mapToObj(image -> dataset.image(samples.imageRow(image)))
          .toList();
    }
  }

  /// The rows of an image become one.
  private static Map<String, Row> read(SourceKind.Found found, Path work, Problems problems) {
    Map<String, Row> rows = new LinkedHashMap<>();
    try {
      found
          .kind()
          .open(found, work)
          .read(row -> rows.merge(row.image(), row, ReferenceCaptions::join), problems);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static Row join(Row first, Row next) {
    List<String> captions = new ArrayList<>(first.captions());
    captions.addAll(next.captions());
    return new Row(
        first.image(), first.id(), first.split(), captions, first.place(), first.origin());
  }

  private static String name(Row row, Path folder) {
    return switch (row.place()) {
      case Place.Named(List<String> names) ->
          names.stream()
              .filter(name -> Files.isRegularFile(folder.resolve(name)))
              .findFirst()
              .orElse(names.getFirst());
      case Place.Slice _ -> row.image();
    };
  }
}
