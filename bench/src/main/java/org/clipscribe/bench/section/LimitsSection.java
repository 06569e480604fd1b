package org.clipscribe.bench.section;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.bench.Bench;
import org.clipscribe.bench.Section;
import org.clipscribe.bench.measure.Contest.Contender;
import org.clipscribe.bench.measure.Timing;
import org.clipscribe.bench.measure.Timings;
import org.clipscribe.bench.peer.NativeLimits;
import org.clipscribe.bench.report.Format;
import org.clipscribe.bench.report.Table;

/// What the machine can do at most: multiply-add in registers, and reading memory.
public final class LimitsSection implements Section {
  private static final long MEGABYTE = 1L << 20;
  private static final List<Integer> MEGABYTES = List.of(1, 4, 16, 1024);

  /// Read at least this much for one operation, or handing out work to threads is what is timed.
  private static final long LEAST_READ = 64 * MEGABYTE;

  /// Some milliseconds.
  static final long FMA_ROUNDS = 1_000_000;

  static final String FMA = "multiply-add in C";

  /// What `threads` threads can multiply and add in a second, as found among other contenders.
  ///
  /// @param timings those of [#FMA] among them, if the limits are known
  /// @return NaN when they are not
  static double peak(Bench bench, Timings timings, int threads) {
    return bench
        .limits()
        .engine()
        .map(limits -> limits.flops(FMA_ROUNDS) * threads / timings.median(FMA))
        .orElse(Double.NaN);
  }

  @Override
  public String name() {
    return "limits";
  }

  @Override
  public void run(Bench bench) {
    bench.report().heading("Limits of the machine");
    NativeLimits limits = bench.limits().engine().orElseThrow(IllegalStateException::new);
    Table table = new Table("", "1T", "2T");
    List<List<String>> columns = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = NativeLimits.memory(arena, MEGABYTES.getLast() * MEGABYTE);
      for (int threads : Bench.THREADS) {
        columns.add(measure(bench, limits, memory, threads));
      }
    }
    List<String> rows = new ArrayList<>(List.of("fp32 multiply-add, GFLOP/s"));
    MEGABYTES.forEach(size -> rows.add("reading " + size + " MB, GB/s"));
    for (int row = 0; row < rows.size(); row++) {
      table.row(rows.get(row), columns.get(0).get(row), columns.get(1).get(row));
    }
    bench.report().table(table);
  }

  private static List<String> measure(
      Bench bench, NativeLimits limits, MemorySegment memory, int threads) {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(new Contender(FMA, () -> limits.multiplyAdd(FMA_ROUNDS, threads)));
    List<Double> work = new ArrayList<>(List.of(limits.flops(FMA_ROUNDS) * threads));
    for (int megabytes : MEGABYTES) {
      MemorySegment part = memory.asSlice(0, megabytes * MEGABYTE);
      int times = (int) Math.max(1, LEAST_READ / part.byteSize());
      contenders.add(new Contender(megabytes + " MB", () -> read(limits, part, threads, times)));
      work.add((double) part.byteSize() * times);
    }
    Timings timings = bench.contest("limits", threads, contenders, bench.options().pace());
    List<String> cells = new ArrayList<>();
    int row = 0;
    for (Timing timing : timings.byName().values()) {
      cells.add(Format.rate(timing, work.get(row++) * 1e-9));
    }
    return cells;
  }

  private static void read(NativeLimits limits, MemorySegment part, int threads, int times) {
    for (int i = 0; i < times; i++) {
      limits.read(part, threads);
    }
  }
}
