package org.clipscribe.cli;

import java.nio.file.Path;
import org.clipscribe.cli.ModelLocator.Location;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Which captioner, and on what it runs.
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "DIR|FILE",
      description = {
        "A bundle that `clipscribe convert` wrote, or a checkpoint of the original (model.pt),"
            + " which is converted once, or embedded. Default: the variable CLIPSCRIBE_MODEL, then"
            + " weights/small or weights/large, then the embedded model of drawings."
      })
  private @Nullable String model;

  @ArgGroup(exclusive = false)
  ComputeOptions compute = new ComputeOptions();

  /// @throws CommandException with status 4 when there is no model
  Location location(Terminal terminal, OriginalModel original) {
    return new ModelLocator(terminal.environment(), Path.of(""))
        .find(model, original.size(), original.checkpoint());
  }
}
