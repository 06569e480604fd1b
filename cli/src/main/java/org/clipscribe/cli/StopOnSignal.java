package org.clipscribe.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.clipscribe.captioner.training.StopSignal;

/// Lets training end well when the process is told to end, by Ctrl-C or by SIGTERM: it finishes the
/// step it is at and saves, and the process ends with status 130.
final class StopOnSignal implements AutoCloseable {
  /// A step of a large model and its checkpoint take less; whoever cannot wait has SIGKILL, after
  /// which training goes on from an older checkpoint.
  private static final int PATIENCE_SECONDS = 300;

  private final StopSignal stop;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stopAndWait);

  private StopOnSignal(StopSignal stop) {
    this.stop = stop;
  }

  /// From now on, until it is closed.
  static StopOnSignal of(StopSignal stop) {
    StopOnSignal installed = new StopOnSignal(stop);
    Runtime.getRuntime().addShutdownHook(installed.hook);
    return installed;
  }

  private void stopAndWait() {
    stop.request();
    try {
      if (over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        // The JVM would end with 143 after SIGTERM.
        Runtime.getRuntime().halt(ExitStatus.INTERRUPTED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It is running: that is why training ended.
    }
    over.countDown();
  }
}
