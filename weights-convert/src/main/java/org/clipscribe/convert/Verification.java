package org.clipscribe.convert;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/// Whether a model is what it should be.
///
/// @param path as it was given
/// @param checks in the order in which they were made
public record Verification(Path path, List<Check> checks) {
  /// How a check ended.
  public enum Outcome {
    PASSED,
    FAILED,
    /// It could not be made.
    SKIPPED
  }

  /// @param what was checked
  /// @param detail what was found, or why it was skipped
  public record Check(String what, Outcome outcome, String detail) {
    static Check of(String what, boolean passed, String detail) {
      return new Check(what, passed ? Outcome.PASSED : Outcome.FAILED, detail);
    }

    static Check skipped(String what, String why) {
      return new Check(what, Outcome.SKIPPED, why);
    }
  }

  public Verification {
    checks = List.copyOf(checks);
  }

  /// Whether no check failed.
  public boolean passed() {
    return checks.stream().noneMatch(check -> check.outcome == Outcome.FAILED);
  }

  /// For a person, several lines.
  public String toText() {
    StringJoiner lines = new StringJoiner("\n", "", "\n");
    lines.add(path + ": " + (passed() ? "nothing is wrong with it" : "is not as it should be"));
    for (Check check : checks) {
      String outcome = check.outcome.name().toLowerCase(Locale.ROOT);
      lines.add(String.format(Locale.ROOT, "  %-8s %s: %s", outcome, check.what, check.detail));
    }
    return lines.toString();
  }

  /// For JSON.
  public Map<String, Object> toMap() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", path.toString());
    json.put("passed", passed());
    json.put("checks", checks.stream().map(Verification::map).toList());
    return json;
  }

  private static Map<String, Object> map(Check check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("what", check.what);
    json.put("outcome", check.outcome.name().toLowerCase(Locale.ROOT));
    json.put("detail", check.detail);
    return json;
  }
}
