package org.clipscribe.cli;

/// Prints JSON objects as they come, one by itself or several as an array.
final class JsonResults {
  private final Results results;
  private final boolean single;
  private int written;

  /// @param single whether the arguments ask for one object, see [Inputs.Found]
  JsonResults(Results results, boolean single) {
    this.results = results;
    this.single = single;
  }

  /// @param object one line
  void add(String object) {
    String before = written == 0 ? "[\n" : ",\n";
    results.print((single ? "" : before) + object);
    written++;
  }

  /// Completes the document.
  void end() {
    if (!single) {
      results.print(written == 0 ? "[]\n" : "\n]\n");
    } else if (written > 0) {
      results.print("\n");
    }
  }
}
