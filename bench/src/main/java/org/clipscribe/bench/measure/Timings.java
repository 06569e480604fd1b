package org.clipscribe.bench.measure;

import java.util.SequencedMap;

/// What a contest found, by contender, in the order given.
public record Timings(SequencedMap<String, Timing> byName) {
  /// @throws IllegalArgumentException when there was no such contender
  public Timing of(String name) {
    Timing timing = byName.get(name);
    if (timing == null) {
      throw new IllegalArgumentException("no contender " + name + " among " + byName.keySet());
    }
    return timing;
  }

  /// Seconds an operation.
  public double median(String name) {
    return of(name).median();
  }
}
