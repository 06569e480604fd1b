package org.clipscribe.tensor.vector;

import java.util.function.BooleanSupplier;

/// Calls kernels until the JVM has compiled them.
final class UntilCompiled {
  /// A batch of calls that is timed.
  private static final int BATCH = 20;

  /// A compiled call takes a fifth of this; what C1 makes of the smallest kernel takes three times
  /// as much, and the interpreter a hundred times.
  private static final long HOT_NANOS = 1_500;

  /// Ends the attempt where nothing gets compiled, as under a debugger. C2 compiles after 5000
  /// calls, and later the more methods wait for it.
  private static final int MOST_BATCHES = 20_000 / BATCH;

  /// The JVM looks at its counters each 1024 calls. What is called meanwhile is of no use, makes an
  /// object of each vector and C2's queue longer: with pauses a process that captions one photo
  /// takes 80 MB less at the JVM's default options.
  private static final int BATCHES_A_PAUSE = 1000 / BATCH;

  /// Measured: half of it saves no memory, twice as much takes longer.
  private static final int PAUSE_MILLIS = 20;

  private UntilCompiled() {}

  /// Calls a kernel, with so little work that a compiled call takes a fraction of a microsecond.
  ///
  /// @param givenUp asked between batches
  static void call(Runnable kernel, BooleanSupplier givenUp) {
    for (int batch = 1; batch <= MOST_BATCHES && !givenUp.getAsBoolean(); batch++) {
      long start = System.nanoTime();
      for (int i = 0; i < BATCH; i++) {
        kernel.run();
      }
      if (System.nanoTime() - start < BATCH * HOT_NANOS || !pause(batch)) {
        return;
      }
    }
  }

  /// Leaves the core to the compiler now and then; false when somebody wants this thread to end.
  private static boolean pause(int batch) {
    if (batch % BATCHES_A_PAUSE == 0) {
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
