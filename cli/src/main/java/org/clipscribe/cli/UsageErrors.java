package org.clipscribe.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Wrong usage in our words: one line, with what was probably meant.
final class UsageErrors {
  private UsageErrors() {}

  static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String first = e.getUnmatched().getFirst();
    CommandLine command = e.getCommandLine();
    boolean option = first.startsWith("-");
    boolean commands = !command.getSubcommands().isEmpty();
    String kind;
    if (option) {
      kind = "unknown option";
    } else {
      kind = commands ? "unknown command" : "unexpected argument";
    }
    List<String> near = commands && !option ? near(e) : e.getSuggestions();
    String meant = near.isEmpty() ? "" : "; did you mean %s?".formatted(near.getFirst());
    return "%s '%s'%s".formatted(kind, first, meant);
  }

  /// Commands by name; picocli compares an unknown command with options too.
  private static List<String> near(UnmatchedArgumentException e) {
    return e.getSuggestions().stream()
        .filter(e.getCommandLine().getSubcommands()::containsKey)
        .toList();
  }
}
