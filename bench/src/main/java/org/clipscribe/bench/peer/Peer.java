package org.clipscribe.bench.peer;

import java.util.Optional;
import java.util.concurrent.Callable;

/// Somebody to compare with, or the reason why it is not here. A missing peer is named on the page,
/// never left out silently.
///
/// @param name what the page calls it
/// @param version of what was found, or why nothing was
/// @param engine empty when it is missing
public record Peer<T>(String name, String version, Optional<T> engine) {
  /// Looks for a peer; whatever goes wrong makes it missing.
  ///
  /// @param open finds and starts it
  public static <T> Peer<T> find(String name, Callable<Versioned<T>> open) {
    try {
      Versioned<T> found = open.call();
      return new Peer<>(name, found.version(), Optional.of(found.engine()));
    } catch (Exception | LinkageError e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return new Peer<>(name, e.getClass().getSimpleName() + ": " + why, Optional.empty());
    }
  }

  /// @param version for the page, one line
  public record Versioned<T>(T engine, String version) {}
}
