package org.clipscribe.captioner.training;

/// Asks training to stop at the next step; from any thread.
public final class StopSignal {
  private volatile boolean requested;

  /// Not requested yet.
  public StopSignal() {}

  public void request() {
    requested = true;
  }

  public boolean requested() {
    return requested;
  }
}
