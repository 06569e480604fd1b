package org.clipscribe.cli;

import org.clipscribe.cli.ModelLocator.ModelSize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How the original toolkit's command lines name a model.
final class OriginalModel {
  @Option(
      names = {"-S", "--size"},
      paramLabel = "S|L",
      description = "Use weights/small or weights/large.")
  private @Nullable ModelSize size;

  @Option(
      names = {"-C", "--checkpoint-name"},
      paramLabel = "FILE",
      description = "The checkpoint in that folder (default: model.pt).")
  private @Nullable String checkpoint;

  @Nullable ModelSize size() {
    return size;
  }

  @Nullable String checkpoint() {
    return checkpoint;
  }
}
