package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.EmbeddedModel;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.convert.Diagnosis;
import org.clipscribe.convert.Doctor;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
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

  @Parameters(paramLabel = "FILE|DIR", description = "What to examine; embedded for that model.")
  private @Nullable Path path;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  DoctorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (String.valueOf(path).equals(EmbeddedModel.NAME)) {
      embedded();
      return ExitStatus.DONE;
    }
    Diagnosis diagnosis = Doctor.examine(Objects.requireNonNull(path, "required"));
    if (json) {
      terminal.results().print(Json.writePretty(diagnosis.toMap()));
    } else {
      // Names in a checkpoint may hold anything.
      diagnosis.toText().lines().map(Texts::oneLine).forEach(terminal.results()::line);
    }
    return diagnosis.usable() ? ExitStatus.DONE : ExitStatus.BAD_INPUT;
  }

  /// What the embedded model says of itself. Reads all of it, so damage would show.
  private void embedded() {
    Bundle bundle = Bundle.embedded();
    long parameters = 0;
    try (SafetensorsFile weights = bundle.source().weights()) {
      for (String name : weights.names()) {
        parameters += weights.info(name).elements();
      }
    }
    ModelInfo info = bundle.info();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", info.name());
    facts.put("knows", EmbeddedModel.find().map(EmbeddedModel::knows).orElse(""));
    facts.put("parameters", parameters);
    facts.put("digest", info.digest());
    facts.put("usable", true);
    if (json) {
      terminal.results().print(Json.writePretty(facts));
    } else {
      facts.forEach((name, fact) -> terminal.results().line("%-12s%s".formatted(name, fact)));
    }
  }
}
