package org.clipscribe.tensor;

/// A device that was asked for by name is not there or cannot be used; the message says why and
/// what to do.
public final class DeviceUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DeviceUnavailableException(String message) {
    super(message);
  }
}
