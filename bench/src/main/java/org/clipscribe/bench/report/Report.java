package org.clipscribe.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;

/// The page as it grows, echoed to the terminal, and every sample behind it.
public final class Report {
  private final StringBuilder page = new StringBuilder();
  private final Map<String, @Nullable Object> raw = new LinkedHashMap<>();

  public void heading(String title) {
    add("\n## " + title + "\n\n");
  }

  public void paragraph(String text) {
    add(text + "\n\n");
  }

  public void table(Table table) {
    add(table.markdown() + "\n");
  }

  /// Keeps samples for the raw numbers.
  ///
  /// @param measurement like `gemm/50x768x768/2T`
  public void keep(String measurement, Timings timings) {
    Map<String, @Nullable Object> samples = new LinkedHashMap<>();
    timings.byName().forEach((name, timing) -> samples.put(name, timing.samples()));
    raw.put(measurement, samples);
  }

  private void add(String text) {
    page.append(text);
    System.out.print(text);
    System.out.flush();
  }

  /// Writes the page and, as JSON, seconds an operation of all samples.
  public void write(Path markdown, Path json) throws IOException {
    write(markdown, page.toString());
    write(json, Json.writePretty(raw));
  }

  private static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(file, text);
  }
}
