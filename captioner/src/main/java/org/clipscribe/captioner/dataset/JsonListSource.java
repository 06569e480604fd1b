package org.clipscribe.captioner.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.JsonRecords;

/// A JSON file whose records each name an image: Karpathy's `{"images": [...]}`, or a list as
/// ClipCap and others have it. [Records] says what is understood.
record JsonListSource(Path file) implements CaptionSource {
  @Override
  public void read(RowSink rows, Problems problems) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        JsonRecords records = JsonRecords.open(in, file.toString(), Set.of("images"))) {
      while (records.next()) {
        Optional<Row> row = Optional.empty();
        try {
          row = Optional.of(Records.row(records.value(), file + " " + records.place(), problems));
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
