package org.clipscribe.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets work that writes large files clean up when the process is told to end, as by Ctrl-C.
///
/// The JVM would simply stop; instead the working thread is interrupted, which ends its reads and
/// writes with an exception, and the JVM waits until that has taken its course.
final class Interruption {
  /// Deleting gigabytes takes less; whoever cannot wait has SIGKILL.
  private static final int PATIENCE_SECONDS = 10;

  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook;

  private Interruption(Thread worker) {
    hook = new Thread(() -> interrupt(worker));
  }

  /// From now on, until [#over()].
  static Interruption ofThisThread() {
    Interruption interruption = new Interruption(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void interrupt(Thread worker) {
    worker.interrupt();
    try {
      boolean _ = over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      worker.interrupt();
    }
  }

  void over() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It is running: that is why we are here.
    }
  }
}
