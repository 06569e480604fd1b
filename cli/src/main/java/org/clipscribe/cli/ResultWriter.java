package org.clipscribe.cli;

/// Prints captions as they come.
final class ResultWriter {
  private final Results results;
  private final ResultFormat format;
  private final boolean single;
  private int written;

  /// @param single whether the arguments name one picture, see [Inputs.Found]
  ResultWriter(Results results, ResultFormat format, boolean single) {
    this.results = results;
    this.format = format;
    this.single = single;
  }

  void write(CaptionResult result) {
    switch (format) {
      case TEXT -> {
        // A caption can hold a line break, in theory; one line each is what scripts rely on.
        String file = single ? "" : Texts.oneLine(result.file()) + "\t";
        result.captions().forEach(one -> results.line(file + Texts.oneLine(one.text())));
      }
      case JSON -> results.print((single ? "" : written == 0 ? "[\n" : ",\n") + result.json());
      case JSON_LINES -> results.line(result.json());
    }
    written++;
  }

  /// Completes the document.
  void end() {
    if (format == ResultFormat.JSON && !single) {
      results.print(written == 0 ? "[]\n" : "\n]\n");
    } else if (format == ResultFormat.JSON && written > 0) {
      results.print("\n");
    }
  }
}
