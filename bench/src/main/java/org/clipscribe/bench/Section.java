package org.clipscribe.bench;

/// One part of the page.
public interface Section {
  /// What the command line calls it.
  String name();

  /// Measures, and writes its heading, tables and remarks to the report.
  ///
  /// @throws Exception when it cannot measure; the page then says why, and the next section follows
  void run(Bench bench) throws Exception;
}
