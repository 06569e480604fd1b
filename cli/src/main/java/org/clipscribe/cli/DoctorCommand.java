package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.clipscribe.convert.Diagnosis;
import org.clipscribe.convert.Doctor;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says what a checkpoint is.
@Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Say what a checkpoint or a bundle is, what is wrong with it, and the command that makes it"
          + " usable."
    },
    footerHeading = "%nExit status 3 when it cannot be used.%n%nExample:%n",
    footer = "  clipscribe doctor weights/small/model.pt")
final class DoctorCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "FILE|DIR", description = "What to examine.")
  private @Nullable Path path;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Diagnosis diagnosis = Doctor.examine(Objects.requireNonNull(path, "required"));
    if (json) {
      terminal.results().print(Json.writePretty(diagnosis.toMap()));
    } else {
      // Names in a checkpoint may hold anything.
      diagnosis.toText().lines().map(Texts::oneLine).forEach(terminal.results()::line);
    }
    return diagnosis.usable() ? ExitStatus.DONE : ExitStatus.BAD_INPUT;
  }
}
