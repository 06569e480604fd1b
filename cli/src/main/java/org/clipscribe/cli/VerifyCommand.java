package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.clipscribe.convert.Verification;
import org.clipscribe.convert.Verifier;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Checks that a model is what it should be.
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Check a bundle or a checkpoint: its files against their digests, and, of models whose answers"
          + " are known, what they answer."
    },
    footerHeading = "%nExit status 3 when something is wrong with it.%n%nExample:%n",
    footer = "  clipscribe verify models/small")
final class VerifyCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "BUNDLE|FILE|DIR", description = "What to check.")
  private @Nullable Path path;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  VerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Verification found =
        Verifier.verify(Objects.requireNonNull(path, "required"), compute.captionerOptions());
    if (json) {
      terminal.results().print(Json.writePretty(found.toMap()));
    } else {
      // Names in a manifest may hold anything.
      found.toText().lines().map(Texts::oneLine).forEach(terminal.results()::line);
    }
    return found.passed() ? ExitStatus.DONE : ExitStatus.BAD_INPUT;
  }
}
