package org.clipscribe.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command talks to. A record of its own so that tests can put streams of theirs in place.
///
/// @param in standard input
/// @param results standard output
/// @param messages standard error: everything that is no result
/// @param outIsTerminal whether standard output is a terminal
/// @param messagesAreTerminal whether standard error is one
/// @param environment the environment's variables
record Terminal(
    InputStream in,
    Results results,
    PrintStream messages,
    boolean outIsTerminal,
    boolean messagesAreTerminal,
    Map<String, String> environment) {

  /// This process's own. Java cannot ask whether a single descriptor is a terminal, so the launcher
  /// does.
  static Terminal ofProcess() {
    String terminals = System.getProperty("clipscribe.terminals", "");
    return new Terminal(
        System.in,
        new Results(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(new StandardError(), true, StandardCharsets.UTF_8),
        terminals.contains("1"),
        terminals.contains("2"),
        System.getenv());
  }

  /// Whether messages may be coloured: on a terminal that can, and `NO_COLOR` does not forbid it.
  boolean colours() {
    return messagesAreTerminal && coloursAllowed();
  }

  /// The same for standard output.
  boolean colouredResults() {
    return outIsTerminal && coloursAllowed();
  }

  private boolean coloursAllowed() {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
  }

  /// For what picocli prints itself.
  PrintWriter messagesWriter() {
    return new PrintWriter(messages, true, StandardCharsets.UTF_8);
  }

  void error(String message) {
    say("\u001b[31merror:\u001b[0m ", "error: ", message);
  }

  void warning(String message) {
    say("\u001b[33mwarning:\u001b[0m ", "warning: ", message);
  }

  void note(String message) {
    say("", "", message);
  }

  private void say(String coloured, String plain, String message) {
    messages.println((colours() ? coloured : plain) + Texts.oneLine(message));
  }
}
