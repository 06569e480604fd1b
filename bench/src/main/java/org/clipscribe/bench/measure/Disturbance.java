package org.clipscribe.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// How much of the processor others used while this run measured. A figure with 2 threads taken
/// while others held a core says mostly how busy the machine was, so the page tells.
///
/// Peers and launchers that this run started are no others, whether they still live or have ended.
///
/// Differs: Linux only; elsewhere the share is unknown.
public final class Disturbance {
  private static final Path STAT = Path.of("/proc/stat");

  /// Linux counts processor time in hundredths of a second, whatever the kernel's own tick is.
  private static final double TICK_SECONDS = 0.01;

  private final long startNanos = System.nanoTime();
  private final double startBusy = busySeconds();
  private final double startOwn = ownSeconds();

  /// Share of all cores' time since construction that processes other than this run used.
  public OptionalDouble shareOfOthers() {
    double wall = (System.nanoTime() - startNanos) * 1e-9;
    double others = busySeconds() - startBusy - (ownSeconds() - startOwn);
    double all = wall * Runtime.getRuntime().availableProcessors();
    return Double.isNaN(others)
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(0, others) / all);
  }

  /// Sleeps, and tells whether anybody used the processor meanwhile, this process included: a fifth
  /// of a core or more. Where nobody tells, nobody did.
  static boolean busyFor(int millis) {
    double before = busySeconds();
    Contest.sleep(millis);
    return busySeconds() - before > 0.2e-3 * millis + TICK_SECONDS / 2;
  }

  private static double busySeconds() {
    try (Stream<String> lines = Files.lines(STAT)) {
      String[] fields = lines.findFirst().orElse("").trim().split(" +");
      double ticks = 0;
      for (int i = 1; i <= 8; i++) {
        boolean idle = i == 4 || i == 5; // idle and waiting for input
        ticks += idle ? 0 : Long.parseLong(fields[i]);
      }
      return ticks * TICK_SECONDS;
    } catch (IOException | RuntimeException e) {
      return Double.NaN;
    }
  }

  /// Processor time of all processes that this one started and that have ended, their own children
  /// included; NaN where the system does not tell.
  public static double endedChildrenSeconds() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      // Behind the program's name, which may hold anything: state, then numbers. 13 and 14 are the
      // user and system time of ended children.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TICK_SECONDS;
    } catch (IOException | RuntimeException e) {
      return Double.NaN;
    }
  }

  private static double ownSeconds() {
    ProcessHandle self = ProcessHandle.current();
    double living =
        Stream.concat(Stream.of(self), self.descendants())
            .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
            .mapToDouble(duration -> duration.toNanos() * 1e-9)
            .sum();
    return living + endedChildrenSeconds();
  }
}
