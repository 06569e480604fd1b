package org.clipscribe.hub;

import java.io.InterruptedIOException;
import java.time.Duration;

/// A thread that is interrupted leaves a download where it is: the next one goes on from there.
final class Interruptions {
  private Interruptions() {}

  /// @throws InterruptedIOException when the thread was interrupted, which it then still is
  static void check() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  static void sleep(Duration time) throws InterruptedIOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw of(e);
    }
  }

  static InterruptedIOException of(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException exception = new InterruptedIOException("interrupted");
    exception.initCause(cause);
    return exception;
  }
}
