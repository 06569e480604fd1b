package org.clipscribe.hub;

/// Told how a pull gets on.
public interface PullListener {
  PullListener NONE = new PullListener() {};

  /// What a file is going through.
  enum Stage {
    DOWNLOADING,
    VERIFYING
  }

  /// @param file its path in the repository
  /// @param done bytes that are there, from earlier runs too
  /// @param total bytes of the whole file, -1 while that is not known
  default void progress(Stage stage, String file, long done, long total) {}

  /// Something a person may want to know: another attempt, a wait.
  default void note(String message) {}
}
