package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;

/// A JSON record a line, like the `metadata.jsonl` of an image folder. [Records] says what is
/// understood.
record JsonLinesSource(Path file) implements CaptionSource {
  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    try (Lines lines = new Lines(Files.newInputStream(file), file.toString())) {
      while (lines.next()) {
        byte[] line = lines.bytes();
        if (new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
          continue;
        }
        String origin = file + " line " + lines.number();
        Optional<Row> row = Optional.empty();
        try {
          row = Optional.of(Records.row(Json.parseObject(line, origin), origin, problems));
        } catch (BadInputException e) {
          problems.report(Reason.BAD_ROW, e);
        }
        if (row.isPresent()) {
          rows.accept(row.get());
        }
      }
    }
  }
}
