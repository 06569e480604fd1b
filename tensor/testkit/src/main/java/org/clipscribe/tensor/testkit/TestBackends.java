package org.clipscribe.tensor.testkit;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.BackendProvider.Available;
import org.junit.jupiter.api.Named;

/// The back-ends that tests of models run on.
public final class TestBackends {
  /// Those that every machine has; a build where one is missing is broken and must not pass.
  private static final List<String> REQUIRED = List.of("reference", "cpu");

  /// More than one, so that sharing work is tested, and as many as the smallest test machine has.
  private static final int THREADS = 2;

  private TestBackends() {}

  /// Every available back-end, opened, under its name; JUnit closes each after its test. Use as
  /// `@MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")` on a test that takes a
  /// [Backend].
  ///
  /// @throws AssertionError when a back-end that every machine has is missing
  public static Stream<Named<Backend>> all() {
    List<Backends.Candidate> candidates = Backends.candidates();
    List<String> available =
        candidates.stream()
            .filter(candidate -> candidate.probe() instanceof Available)
            .map(Backends.Candidate::kind)
            .toList();
    if (!available.containsAll(REQUIRED)) {
      throw new AssertionError(
          "back-ends %s must be available, found: %s"
              .formatted(
                  REQUIRED,
                  candidates.stream()
                      .map(candidate -> candidate.kind() + " " + candidate.probe())
                      .collect(Collectors.joining(", "))));
    }
    return available.stream().map(kind -> Named.of(kind, Backends.open(kind, THREADS).backend()));
  }

  /// The same and the [DoubleBackend], for tests that train.
  public static Stream<Named<Backend>> allAndDouble() {
    return Stream.concat(all(), Stream.of(Named.of("double", new DoubleBackend())));
  }
}
