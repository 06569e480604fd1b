package org.clipscribe.nn;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// How the names, shapes and types of a checkpoint compare with what a model asks for. Each fault
/// is written out, like `gpt2.h.11.ln_2.bias [768]`.
///
/// @param missing asked for and not there
/// @param misshapen of another shape
/// @param mistyped not of floating type
/// @param unexpected there and not asked for
/// @param ignored buffers and other names that may be there without being asked for
public record Fit(
    List<String> missing,
    List<String> misshapen,
    List<String> mistyped,
    List<String> unexpected,
    List<String> ignored) {
  /// How many names of a kind an error lists.
  private static final int LISTED = 3;

  public Fit {
    missing = List.copyOf(missing);
    misshapen = List.copyOf(misshapen);
    mistyped = List.copyOf(mistyped);
    unexpected = List.copyOf(unexpected);
    ignored = List.copyOf(ignored);
  }

  /// Whether the model can be loaded.
  public boolean fits() {
    return faults().isEmpty();
  }

  /// All faults in one line, the first few of each kind by name; empty when there are none.
  public String faults() {
    return String.join(
        ", ",
        Stream.of(
                list(missing, "missing"),
                list(misshapen, "of wrong shape"),
                list(mistyped, "not of floating type"),
                list(unexpected, "unexpected"))
            .flatMap(List::stream)
            .toList());
  }

  /// Like `1 missing (gpt2.h.11.ln_2.bias [768])`; nothing when there is nothing.
  private static List<String> list(List<String> names, String fault) {
    if (names.isEmpty()) {
      return List.of();
    }
    String shown = String.join("; ", names.stream().limit(LISTED).toList());
    String rest = names.size() > LISTED ? "; and " + (names.size() - LISTED) + " more" : "";
    return List.of(String.format(Locale.ROOT, "%d %s (%s%s)", names.size(), fault, shown, rest));
  }
}
