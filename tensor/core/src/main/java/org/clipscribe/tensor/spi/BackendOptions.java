package org.clipscribe.tensor.spi;

/// Choices that a caller makes when a back-end is opened.
///
/// @param threads how many threads compute, the caller's included; at least 1
/// @param index which device of its kind, from 0
public record BackendOptions(int threads, int index) {
  public BackendOptions {
    if (threads < 1 || index < 0) {
      throw new IllegalArgumentException("threads " + threads + ", index " + index);
    }
  }

  /// One thread for each processor that the JVM may use, first device.
  public static BackendOptions defaults() {
    return new BackendOptions(Runtime.getRuntime().availableProcessors(), 0);
  }
}
