package org.clipscribe.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.clipscribe.nn.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lists models.
@Command(
    name = "models",
    sortOptions = false,
    description = {
      "List the models that have a name here, and all that are on this machine.",
      "",
      "Sizes are what a model takes on this disk, the bundle made of it included."
    },
    footerHeading = "%nExample:%n",
    footer = "  clipscribe models --json")
final class ModelsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  ModelsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PulledModels models = PulledModels.of(terminal.environment());
    List<ModelList.Row> rows = ModelList.of(models, CheckpointCache.of(terminal.environment()));
    if (json) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("cache", models.cache().root().toString());
      map.put("models", rows.stream().map(ModelList.Row::toMap).toList());
      terminal.results().print(Json.writePretty(map));
      return ExitStatus.DONE;
    }
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    for (ModelList.Row row : rows) {
      String size = row.isHere() ? TransferBar.amount(row.bytes()) : "-";
      String line =
          "%s  %9s  %-9s  %s"
              .formatted(
                  row.name() + " ".repeat(width - row.name().length()),
                  size,
                  row.kind(),
                  row.description());
      terminal.results().line(Texts.oneLine(line).stripTrailing());
    }
    return ExitStatus.DONE;
  }
}
