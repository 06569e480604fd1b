package org.clipscribe.bench.measure;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// What a measurement counts, in nanoseconds.
public enum Clock {
  /// CPU time of the calling thread: right for one thread, and blind to being descheduled.
  THREAD_CPU {
    @Override
    public long nanos() {
      return THREADS.getCurrentThreadCpuTime();
    }
  },
  /// Time that passes: the only right one for several threads.
  WALL {
    @Override
    public long nanos() {
      return System.nanoTime();
    }
  };

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  public abstract long nanos();

  /// CPU time for one thread, wall time for more.
  public static Clock of(int threads) {
    return threads == 1 ? THREAD_CPU : WALL;
  }
}
