package org.clipscribe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clipscribe.bench.report.Table;

/// What a reader must know of the machine to place the figures; no names of hosts or folders.
final class Machine {
  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private Machine() {}

  static Table describe() {
    Table table = new Table("machine", "");
    table.row("processor", first("/proc/cpuinfo", "model name"));
    table.row(
        "family, model",
        first("/proc/cpuinfo", "cpu family") + ", " + first("/proc/cpuinfo", "model\t"));
    table.row("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    table.row("vectors", vectors(first("/proc/cpuinfo", "flags")));
    table.row("caches of one core", caches());
    table.row("memory", memory(first("/proc/meminfo", "MemTotal")));
    table.row("huge pages", text(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")));
    table.row(
        "system",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version").replaceAll("-.*", "")
            + ", "
            + System.getProperty("os.arch"));
    table.row(
        "Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    return table;
  }

  private static String first(String file, String key) {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException _) {
      return "unknown";
    }
  }

  private static String vectors(String flags) {
    return Stream.of(flags.split(" "))
        .filter(flag -> flag.equals("avx2") || flag.equals("fma") || flag.startsWith("avx512"))
        .collect(Collectors.joining(" "));
  }

  private static String memory(String kilobytes) {
    String digits = kilobytes.replaceAll("\\D", "");
    return digits.isEmpty()
        ? "unknown"
        : String.format(Locale.ROOT, "%.0f GiB", Long.parseLong(digits) / 1048576.0);
  }

  private static String caches() {
    try (Stream<Path> entries = Files.list(CACHES)) {
      return entries
          .filter(entry -> entry.getFileName().toString().startsWith("index"))
          .sorted()
          .map(
              entry ->
                  "L%s %s %s"
                      .formatted(
                          text(entry.resolve("level")),
                          text(entry.resolve("type")).toLowerCase(Locale.ROOT),
                          text(entry.resolve("size"))))
          .collect(Collectors.joining(", "));
    } catch (IOException _) {
      return "unknown";
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException _) {
      return "unknown";
    }
  }
}
