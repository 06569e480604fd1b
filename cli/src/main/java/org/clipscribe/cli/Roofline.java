package org.clipscribe.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Work;

/// What was measured, against what the machine could do.
///
/// @param machine one line
/// @param operationsPerSecond the peak of multiply-add, or 0 where it is not known
/// @param bytesPerSecond of reading memory, or 0
/// @param bytesPerWeight 4, 2 or 1
/// @param parts what was measured
record Roofline(
    String machine,
    double operationsPerSecond,
    double bytesPerSecond,
    int bytesPerWeight,
    List<Part> parts) {

  /// @param name for example `image`
  /// @param work of one run
  /// @param seconds the median
  /// @param spread the quartiles' distance, as a share of the median
  record Part(String name, Work work, double seconds, double spread) {
    double operationsPerSecond() {
      return work.operations() / seconds;
    }
  }

  boolean known() {
    return operationsPerSecond > 0 && bytesPerSecond > 0;
  }

  double bytesPerSecond(Part part) {
    return part.work().weights() * bytesPerWeight / part.seconds();
  }

  /// Operations for each byte that is read.
  double intensity(Part part) {
    return part.work().operations() / (part.work().weights() * bytesPerWeight);
  }

  /// Which share of the possible speed was reached, 1 at most but for noise.
  double share(Part part) {
    return part.work().seconds(operationsPerSecond, bytesPerWeight, bytesPerSecond)
        / part.seconds();
  }

  /// What holds a part up.
  String bound(Part part) {
    double ridge = operationsPerSecond / bytesPerSecond;
    return intensity(part) < ridge ? "memory" : "arithmetic";
  }

  /// The document of `--json`.
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("machine", machine);
    if (known()) {
      map.put("peakGflops", operationsPerSecond * 1e-9);
      map.put("readGbPerSecond", bytesPerSecond * 1e-9);
    }
    map.put("parts", parts.stream().map(this::map).toList());
    return map;
  }

  private Map<String, Object> map(Part part) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", part.name());
    map.put("milliseconds", part.seconds() * 1e3);
    map.put("spread", part.spread());
    map.put("gflops", part.operationsPerSecond() * 1e-9);
    map.put("gbPerSecond", bytesPerSecond(part) * 1e-9);
    map.put("operationsPerByte", intensity(part));
    if (known()) {
      map.put("bound", bound(part));
      map.put("shareOfRoofline", share(part));
    }
    return map;
  }

  /// The table for people.
  String table() {
    StringBuilder text = new StringBuilder(machine).append('\n');
    if (known()) {
      text.append(
          "at most: %s GFLOP/s multiply-add, %s GB/s reading memory%n"
              .formatted(number(operationsPerSecond * 1e-9), number(bytesPerSecond * 1e-9)));
    }
    text.append('\n');
    text.append(row("", "ms", "+-", "GFLOP/s", "GB/s", "held up by", "of the roofline"));
    for (Part part : parts) {
      text.append(
          row(
              part.name(),
              number(part.seconds() * 1e3),
              percent(part.spread() / 2),
              number(part.operationsPerSecond() * 1e-9),
              number(bytesPerSecond(part) * 1e-9),
              known() ? bound(part) : "-",
              known() ? percent(share(part)) : "-"));
    }
    return text.toString();
  }

  private static String row(String name, String... cells) {
    return "%-28s %8s %6s %9s %7s  %-10s %16s%n"
        .formatted(name, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]);
  }

  /// Three digits, which is more than measurements agree in.
  static String number(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return String.format(java.util.Locale.ROOT, "%." + decimals + "f", value);
  }

  static String percent(double share) {
    return Math.round(100 * share) + " %";
  }
}
