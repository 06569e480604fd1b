package org.clipscribe.cli;

/// Prints captions as they come.
final class ResultWriter {
  private final Results results;
  private final JsonResults document;
  private final ResultFormat format;
  private final boolean single;

  /// @param single whether the arguments name one picture, see [Inputs.Found]
  ResultWriter(Results results, ResultFormat format, boolean single) {
    this.results = results;
    this.document = new JsonResults(results, single);
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
      case JSON -> document.add(result.json());
      case JSON_LINES -> results.line(result.json());
    }
  }

  /// Completes the document.
  void end() {
    if (format == ResultFormat.JSON) {
      document.end();
    }
  }
}
