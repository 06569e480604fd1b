package org.clipscribe.bench.report;

import java.util.ArrayList;
import java.util.List;

/// A Markdown table: first column left, all others right.
public final class Table {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... header) {
    this.header = List.of(header);
  }

  public Table(List<String> header) {
    this.header = List.copyOf(header);
  }

  public void row(String... cells) {
    row(List.of(cells));
  }

  public void row(List<String> cells) {
    if (cells.size() != header.size()) {
      throw new IllegalArgumentException("table: %s under %s".formatted(cells, header));
    }
    rows.add(List.copyOf(cells));
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    line(text, header);
    text.append("| ---").append(" | ---:".repeat(header.size() - 1)).append(" |\n");
    rows.forEach(row -> line(text, row));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
