package org.clipscribe.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A command line in this process, with what it printed.
final class Session {
  final Map<String, String> environment = new HashMap<>();
  byte[] input = new byte[0];
  boolean terminal;

  /// What a command line came to.
  record Outcome(int status, String out, String err) {
    List<String> errorLines() {
      return err.lines().toList();
    }
  }

  Outcome run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal streams =
        new Terminal(
            new ByteArrayInputStream(input),
            new Results(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal,
            terminal,
            environment);
    int status = Clipscribe.run(streams, arguments);
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
