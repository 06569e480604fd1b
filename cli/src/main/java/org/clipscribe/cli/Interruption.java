package org.clipscribe.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets work that writes large files clean up when the process is told to end, as by Ctrl-C or by
/// SIGTERM, and tells the user what became of it.
///
/// The JVM would simply stop; instead the working thread is interrupted, which ends its reads and
/// writes with an exception, and when that has taken its course the process says one line and ends
/// with status 130.
final class Interruption {
  /// Deleting gigabytes takes less; whoever cannot wait has SIGKILL.
  private static final int PATIENCE_SECONDS = 10;

  private final Terminal terminal;
  private final String message;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook;

  private Interruption(Terminal terminal, String message, Thread worker) {
    this.terminal = terminal;
    this.message = message;
    this.hook = new Thread(() -> interrupt(worker));
  }

  /// From now on, until [#over()].
  ///
  /// @param message one line: what is interrupted, what is left, what to do
  static Interruption ofThisThread(Terminal terminal, String message) {
    Interruption interruption = new Interruption(terminal, message, Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void interrupt(Thread worker) {
    worker.interrupt();
    try {
      terminal.error(
          over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)
              ? message
              : "interrupted, and could not clean up in %d s".formatted(PATIENCE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // The JVM would end with 143 after SIGTERM.
    Runtime.getRuntime().halt(ExitStatus.INTERRUPTED);
  }

  /// How the command ends when its thread was interrupted by something else than a signal.
  CommandException exception(Exception cause) {
    boolean _ = Thread.interrupted();
    return CommandException.interrupted(message, cause);
  }

  /// The work is done or given up, and nothing of it is left to clean up. Does not return when the
  /// process was told to end: what the work has to say of its end is not what the user asked for.
  void over() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // It is running: that is why we are here.
      over.countDown();
      Runtime.getRuntime().exit(ExitStatus.INTERRUPTED); // waits forever, as the end has begun
    }
  }
}
