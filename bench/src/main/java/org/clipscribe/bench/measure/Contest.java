package org.clipscribe.bench.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Runs contenders in turns, so that whatever else the machine does meets all of them alike.
public final class Contest {
  /// Five ticks of the system's clock on each core: fewer would say little.
  private static final int WINDOW_MILLIS = 50;

  /// Beyond this it is not the contender before but somebody else who keeps the machine busy.
  private static final int MOST_MILLIS = 500;

  private Contest() {}

  /// @param name column of the table
  /// @param work one operation
  public record Contender(String name, Runnable work) {}

  /// Each round takes one sample of every contender, starting with another one each time.
  ///
  /// @return in the order given
  public static Timings run(List<Contender> contenders, Clock clock, Pace pace) {
    int count = contenders.size();
    int[] repetitions = new int[count];
    List<List<Double>> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      repetitions[i] = warmUp(contenders.get(i).work(), pace);
      samples.add(new ArrayList<>());
    }
    for (int round = 0; round < pace.rounds(); round++) {
      for (int turn = 0; turn < count; turn++) {
        int i = (round + turn) % count;
        rest(pace.restMillis());
        samples.get(i).add(sample(contenders.get(i).work(), repetitions[i], clock));
      }
    }
    SequencedMap<String, Timing> timings = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      timings.put(contenders.get(i).name(), Timing.of(samples.get(i)));
    }
    return new Timings(timings);
  }

  /// @return how many operations one sample needs to last as long as it should
  private static int warmUp(Runnable work, Pace pace) {
    long start = System.nanoTime();
    double fastest = Double.MAX_VALUE;
    do {
      long before = System.nanoTime();
      work.run();
      fastest = Math.min(fastest, seconds(System.nanoTime() - before));
    } while (seconds(System.nanoTime() - start) < pace.warmUpSeconds());
    return (int) Math.clamp(Math.ceil(pace.sampleSeconds() / fastest), 1, 1_000_000);
  }

  private static double sample(Runnable work, int repetitions, Clock clock) {
    work.run(); // brings its own data into the caches and wakes its threads
    long before = clock.nanos();
    for (int i = 0; i < repetitions; i++) {
      work.run();
    }
    return seconds(clock.nanos() - before) / repetitions;
  }

  private static double seconds(long nanos) {
    return nanos * 1e-9;
  }

  /// Sleeps, and on until the threads of the contender before have stopped spinning: those of
  /// OpenBLAS do for 100 milliseconds by default, and whoever comes next would be measured with one
  /// core.
  public static void rest(int millis) {
    if (millis > 0) {
      sleep(millis);
      int waited = 0;
      while (waited < MOST_MILLIS && Disturbance.busyFor(WINDOW_MILLIS)) {
        waited += WINDOW_MILLIS;
      }
    }
  }

  static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }
}
