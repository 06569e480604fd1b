package org.clipscribe.convert;

/// Told how far a conversion is.
@FunctionalInterface
public interface Progress {
  Progress NONE = (_, _) -> {};

  /// @param done bytes of weights written
  /// @param total bytes of weights to write
  void update(long done, long total);
}
