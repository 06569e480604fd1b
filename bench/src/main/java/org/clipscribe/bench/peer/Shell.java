package org.clipscribe.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Runs a short helper program to its end.
final class Shell {
  private Shell() {}

  /// @return what it printed, both streams, without white space at the ends
  /// @throws IOException when it cannot be started or fails; the message ends in its last line
  static String run(Path folder, String... command) throws IOException {
    Process process =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      int status = process.waitFor();
      if (status != 0) {
        String last = output.lines().reduce("", (_, line) -> line);
        throw new IOException("%s failed with %d: %s".formatted(command[0], status, last));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(command[0] + " was interrupted", e);
    }
    return output;
  }
}
