package org.clipscribe.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.clipscribe.nn.json.Json;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Backends.Candidate;
import org.clipscribe.tensor.spi.BackendProvider.Available;
import org.clipscribe.tensor.spi.BackendProvider.Unavailable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lists what could compute here.
@Command(
    name = "devices",
    sortOptions = false,
    description =
        "List every device with what it is, or why it cannot be used and what to do about it.",
    footerHeading = "%nExample:%n",
    footer = "  clipscribe devices --json")
final class DevicesCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DevicesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Candidate> candidates = Backends.candidates();
    if (json) {
      List<Map<String, Object>> devices = candidates.stream().map(DevicesCommand::toMap).toList();
      terminal.results().print(Json.writePretty(Map.of("devices", devices)));
      return ExitStatus.DONE;
    }
    int width = candidates.stream().mapToInt(c -> c.kind().length()).max().orElse(0);
    boolean first = true; // candidates come best first, and the first is what auto takes
    for (Candidate candidate : candidates) {
      String state =
          switch (candidate.probe()) {
            case Available(int _, String description) ->
                "available    " + description + (first ? " (the default)" : "");
            case Unavailable(String reason, String hint) ->
                "unavailable  %s; %s".formatted(reason, hint);
          };
      terminal
          .results()
          .line(candidate.kind() + " ".repeat(width - candidate.kind().length()) + "  " + state);
      first = false;
    }
    return ExitStatus.DONE;
  }

  private static Map<String, Object> toMap(Candidate candidate) {
    Map<String, Object> device = new LinkedHashMap<>();
    device.put("device", candidate.kind());
    switch (candidate.probe()) {
      case Available(int _, String description) -> {
        device.put("available", true);
        device.put("description", description);
      }
      case Unavailable(String reason, String hint) -> {
        device.put("available", false);
        device.put("reason", reason);
        device.put("hint", hint);
      }
    }
    return device;
  }
}
