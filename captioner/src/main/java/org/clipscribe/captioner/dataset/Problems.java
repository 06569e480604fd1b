package org.clipscribe.captioner.dataset;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.clipscribe.captioner.dataset.Problem.Reason;
import org.clipscribe.nn.BadInputException;

/// Takes note of what is left out, or stops at the first if so asked.
final class Problems {
  private final boolean strict;
  private final Consumer<Problem> listener;
  private final Map<Reason, Integer> counts = new EnumMap<>(Reason.class);

  Problems(boolean strict, Consumer<Problem> listener) {
    this.strict = strict;
    this.listener = listener;
  }

  /// @param place file and line, or whatever leads to it
  /// @throws BadInputException when nothing may be left out
  void report(Reason reason, String place, String cause) {
    report(reason, new BadInputException(place, cause));
  }

  /// @param why names the place
  void report(Reason reason, BadInputException why) {
    if (strict) {
      throw why;
    }
    counts.merge(reason, 1, Integer::sum);
    listener.accept(new Problem(reason, String.valueOf(why.getMessage())));
  }

  /// Counts what was left out, and told, by an earlier run.
  void before(Reason reason, int count) {
    if (count > 0) {
      counts.merge(reason, count, Integer::sum);
    }
  }

  Map<Reason, Integer> counts() {
    return Map.copyOf(counts);
  }
}
