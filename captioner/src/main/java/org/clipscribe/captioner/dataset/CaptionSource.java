package org.clipscribe.captioner.dataset;

import java.io.IOException;

/// Something that images with captions are listed in. Read as a stream: memory does not grow with
/// the number of rows.
interface CaptionSource {
  /// Hands on every row that can be used and reports the others.
  ///
  /// @throws org.clipscribe.nn.BadInputException when nothing can be used from some point on
  /// @throws IOException when reading or writing fails
  void read(RowSink rows, Problems problems) throws IOException;

  /// Where rows go.
  @FunctionalInterface
  interface RowSink {
    void accept(Row row) throws IOException;
  }
}
