package org.clipscribe.cli;

import org.clipscribe.cli.ModelLocator.Location;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Which captioner, and on what it runs.
final class ModelOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME|DIR|FILE",
      description = {
        "A model that was pulled (see `clipscribe models`), a bundle that `clipscribe convert`"
            + " wrote, a checkpoint, which is converted once, or embedded. Default: the variable CLIPSCRIBE_MODEL, then"
            + " weights/small or weights/large, then the embedded model of drawings."
      })
  private @Nullable String model;

  @ArgGroup(exclusive = false)
  ComputeOptions compute = new ComputeOptions();

  /// @throws CommandException with status 4 when there is no model
  Location location(Terminal terminal, OriginalModel original) {
    return ModelLocator.of(terminal).find(model, original.size(), original.checkpoint());
  }
}
