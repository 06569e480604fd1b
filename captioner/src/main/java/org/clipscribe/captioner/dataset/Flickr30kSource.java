package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// The `results.csv` of Flickr30k: `image_name| comment_number| comment`, one caption a row.
///
/// No quoting: quotation marks are part of captions, and so is a `|` behind the second. The file
/// as it is distributed has one row that lacks a separator; it is reported like any other.
record Flickr30kSource(Path file) implements CaptionSource {
  private static final String HEADER = "image_name| comment_number| comment";

  /// Whether a text starts like such a file.
  static boolean isHeader(String line) {
    String[] fields = line.split("\\|", -1);
    return fields.length == 3
        && fields[0].strip().equals("image_name")
        && fields[1].strip().equals("comment_number");
  }

  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    try (Lines lines = new Lines(Files.newInputStream(file), file.toString())) {
      while (lines.next()) {
        String origin = file + " line " + lines.number();
        try {
          String line = lines.text();
          if (!line.isBlank() && !(lines.number() == 1 && isHeader(line))) {
            Optional<Row> row = row(line, origin, problems);
            if (row.isPresent()) {
              rows.accept(row.get());
            }
          }
        } catch (CharacterCodingException _) {
          problems.report(Reason.BAD_ROW, origin, "is not UTF-8");
        }
      }
    }
  }

  private static Optional<Row> row(String line, String origin, Problems problems) {
    String[] fields = line.split("\\|", 3);
    if (fields.length < 3) {
      problems.report(
          Reason.BAD_ROW, origin, "has %d of the 3 fields %s".formatted(fields.length, HEADER));
      return Optional.empty();
    }
    String image = fields[0].strip();
    String number = fields[1].strip();
    if (!number.matches("\\d{1,9}")) {
      problems.report(Reason.BAD_ROW, origin, "comment_number is \"" + number + "\", no number");
      return Optional.empty();
    }
    List<String> captions = Captions.clean(List.of(fields[2]), origin, problems);
    return captions.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Row(
                image, image, Optional.empty(), captions, new Place.Named(List.of(image)), origin));
  }
}
