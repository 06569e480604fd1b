package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A command line in a process of its own, for what only processes can be told: signals.
final class ClipscribeProcess {
  private ClipscribeProcess() {}

  /// @param environment what differs from that of this process
  static Process start(List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    // What a shell starts in the background ignores SIGINT, and so would we.
    List<String> heard = List.of("env", "--default-signal=INT");
    List<String> trial = new ArrayList<>(heard);
    trial.add("true");
    if (new ProcessBuilder(trial).start().waitFor() == 0) {
      command.addAll(heard);
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Xmx512m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(arguments);
    ProcessBuilder process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    process.environment().putAll(environment);
    return process.start();
  }

  static void send(String signal, Process process) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }
}
