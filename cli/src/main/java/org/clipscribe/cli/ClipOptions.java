package org.clipscribe.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Which CLIP, and on what it runs.
final class ClipOptions {
  @Option(
      names = "--model",
      paramLabel = "NAME|DIR|FILE",
      description = {
        "A CLIP that was pulled, a folder of one as Hugging Face has it, a bundle that `clipscribe"
            + " convert` made with --clip of such a folder, or embedded. Default: the variable CLIPSCRIBE_MODEL, then"
            + " weights/small or weights/large, then the embedded model of drawings."
      })
  private @Nullable String model;

  @ArgGroup(exclusive = false)
  private ComputeOptions compute = new ComputeOptions();

  /// @throws CommandException when there is no such model, or an option makes no sense
  ClipModels.Opened open(Terminal terminal, boolean quiet) throws IOException {
    var options = compute.captionerOptions();
    var location = ModelLocator.of(terminal).find(model);
    return ClipModels.open(location, options, terminal, quiet);
  }

  /// What else an embedding depends on, besides model and picture.
  String precision() {
    return compute.captionerOptions().precision().toString();
  }

  boolean keepsCaches() {
    return compute.keepsCaches();
  }
}
