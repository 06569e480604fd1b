package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.clipscribe.captioner.dataset.CsvRecords.Fields;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;

/// A table with a header, separated by commas or tabs, like the `metadata.csv` of an image folder:
/// a column with the image, one with a caption, and maybe one with the split.
record TableSource(Path file) implements CaptionSource {
  /// Where the columns are.
  private record Columns(int image, int caption, int split, int count) {
    static Optional<Columns> of(List<String> header) {
      List<String> names =
          header.stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
      int image = first(names, Records.IMAGE);
      int caption = first(names, Records.CAPTION);
      return image < 0 || caption < 0
          ? Optional.empty()
          : Optional.of(new Columns(image, caption, names.indexOf("split"), names.size()));
    }

    private static int first(List<String> names, List<String> wanted) {
      return wanted.stream().mapToInt(names::indexOf).filter(at -> at >= 0).findFirst().orElse(-1);
    }
  }

  /// Whether a first line has the columns that are needed.
  static boolean isHeader(String line) {
    return Columns.of(CsvRecords.split(line, separator(line)).values()).isPresent();
  }

  private static char separator(String header) {
    return header.indexOf('\t') >= 0 ? '\t' : ',';
  }

  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    String header = FirstLine.of(file);
    try (Lines lines = new Lines(Files.newInputStream(file), file.toString())) {
      CsvRecords records = new CsvRecords(lines, file.toString(), separator(header), problems);
      Columns columns =
          records
              .next()
              .flatMap(fields -> Columns.of(fields.values()))
              .orElseThrow(
                  () ->
                      new BadInputException(
                          file,
                          "has no header with a column for the image (%s) and one for the caption"
                                  .formatted(String.join(", ", Records.IMAGE))
                              + " (%s)".formatted(String.join(", ", Records.CAPTION))));
      for (Optional<Fields> record = records.next(); record.isPresent(); record = records.next()) {
        Optional<Row> row = row(record.get(), columns, problems);
        if (row.isPresent()) {
          rows.accept(row.get());
        }
      }
    }
  }

  private Optional<Row> row(Fields record, Columns columns, Problems problems) {
    String origin = file + " line " + record.line();
    List<String> values = record.values();
    if (values.size() != columns.count) {
      problems.report(
          Reason.BAD_ROW,
          origin,
          "has %d fields, the header has %d".formatted(values.size(), columns.count));
      return Optional.empty();
    }
    String image = values.get(columns.image).strip();
    List<String> captions = Captions.clean(List.of(values.get(columns.caption)), origin, problems);
    Optional<Split> split =
        columns.split < 0 ? Optional.empty() : Records.split(values.get(columns.split).strip());
    return captions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Row(image, image, split, captions, new Place.Named(List.of(image)), origin));
  }
}
