package org.clipscribe.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.BackendOptions;
import org.clipscribe.tensor.spi.BackendProvider;
import org.clipscribe.tensor.spi.BackendProvider.Available;
import org.clipscribe.tensor.spi.BackendProvider.Probe;
import org.clipscribe.tensor.spi.BackendProvider.Unavailable;

/// The back-ends that this JVM can see, and the choice among them.
public final class Backends {
  /// The name that stands for "the best there is".
  public static final String AUTO = "auto";

  private Backends() {}

  /// One back-end and what its probe said.
  public record Candidate(BackendProvider provider, Probe probe) {
    public String kind() {
      return provider.kind();
    }
  }

  /// A back-end and, when it is not the one a user would expect, one line that says why.
  ///
  /// @param notice empty when there is nothing to say
  public record Opened(Backend backend, Optional<String> notice) {}

  /// Probes everything that is installed, best first, the unavailable last. A provider that cannot
  /// even load is left out of the way of the others and listed as unavailable.
  public static List<Candidate> candidates() {
    List<Candidate> found = new ArrayList<>();
    forEachProvider(provider -> found.add(new Candidate(provider, probe(provider))));
    found.sort(Comparator.comparingInt(Backends::rank).reversed());
    return found;
  }

  /// Lets every back-end get ready, in the background, for a program that knows early that it will
  /// compute and has other things to do first. Returns at once.
  public static void prepare() {
    Thread.ofPlatform()
        .daemon()
        .name("clipscribe-prepare")
        .start(() -> forEachProvider(BackendProvider::prepare));
  }

  private static void forEachProvider(Consumer<BackendProvider> action) {
    Iterator<BackendProvider> providers =
        ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).iterator();
    while (true) {
      try {
        if (!providers.hasNext()) {
          break;
        }
        action.accept(providers.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        System.getLogger(Backends.class.getName()).log(System.Logger.Level.DEBUG, "provider", e);
      }
    }
  }

  private static Probe probe(BackendProvider provider) {
    try {
      return provider.probe();
    } catch (LinkageError e) {
      return new Unavailable(
          String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString()),
          "run with --debug for the whole error");
    }
  }

  private static int rank(Candidate candidate) {
    return candidate.probe() instanceof Available available ? available.rank() : Integer.MIN_VALUE;
  }

  /// Opens a back-end by name: `auto`, a kind like `reference`, or a kind and an index like
  /// `cuda:1`.
  ///
  /// A device asked for by name is opened or refused, never replaced. `auto` takes the best
  /// available one, and the notice says so when the fast CPU path is off.
  ///
  /// @param threads how many threads compute on the CPU; at least 1
  /// @throws DeviceUnavailableException when there is no such device or it cannot be used
  public static Opened open(String name, int threads) {
    List<Candidate> candidates = candidates();
    if (name.equals(AUTO)) {
      return openBest(candidates, threads);
    }
    int colon = name.indexOf(':');
    String kind = colon < 0 ? name : name.substring(0, colon);
    int index = colon < 0 ? 0 : index(name, colon);
    for (Candidate candidate : candidates) {
      if (candidate.kind().equals(kind)) {
        return switch (candidate.probe()) {
          case Available _ ->
              new Opened(
                  candidate.provider().open(new BackendOptions(threads, index)), Optional.empty());
          case Unavailable(String reason, String hint) ->
              throw new DeviceUnavailableException(
                  "device %s is not available: %s; %s".formatted(name, reason, hint));
        };
      }
    }
    throw new DeviceUnavailableException(
        "device %s is not known; there are: auto, %s"
            .formatted(
                name, candidates.stream().map(Candidate::kind).collect(Collectors.joining(", "))));
  }

  private static int index(String name, int colon) {
    try {
      return Math.max(0, Integer.parseInt(name.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new DeviceUnavailableException("device " + name + ": the part after ':' is no number");
    }
  }

  private static Opened openBest(List<Candidate> candidates, int threads) {
    Candidate best = candidates.getFirst(); // the reference back-end is always there
    Backend backend = best.provider().open(new BackendOptions(threads, 0));
    boolean slow = best.kind().equals("reference");
    return new Opened(backend, slow ? Optional.of(whySlow(candidates)) : Optional.empty());
  }

  private static String whySlow(List<Candidate> candidates) {
    Unavailable why =
        candidates.stream()
            .filter(candidate -> candidate.kind().equals("cpu"))
            .map(Candidate::probe)
            .filter(Unavailable.class::isInstance)
            .map(Unavailable.class::cast)
            .findFirst()
            .orElse(
                new Unavailable(
                    "clipscribe-tensor-vector is not on the class or module path", "add it"));
    return "slow: computing in plain Java, because " + why.reason() + "; " + why.hint();
  }
}
