package org.clipscribe.hub;

/// A model cannot be had: it is not there, may not be read, the network is down or forbidden.
///
/// The message is one line for a person with the remedy in it. What arrives but is wrong is a
/// `BadInputException` instead.
public final class HubException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean unreachable;

  public HubException(String message) {
    this(message, false);
  }

  private HubException(String message, boolean unreachable) {
    super(message);
    this.unreachable = unreachable;
  }

  /// Nobody answers, so what is in the cache may have to do.
  static HubException unreachable(String message) {
    return new HubException(message, true);
  }

  HubException(String message, Throwable cause) {
    super(message, cause);
    this.unreachable = false;
  }

  boolean isUnreachable() {
    return unreachable;
  }
}
