package org.clipscribe.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Makes data sets and looks at them.
@Command(
    name = "dataset",
    synopsisSubcommandLabel = "COMMAND",
    description = "Make data sets to train and evaluate on, and look at them.",
    footerHeading = "%nExample:%n",
    footer = "  clipscribe dataset build results.csv --images flickr30k_images --out flickr30k")
final class DatasetCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  private DatasetCommand() {}

  static CommandLine withSubcommands(Clipscribe root, Terminal terminal) {
    return new CommandLine(new DatasetCommand())
        .addSubcommand(new DatasetBuildCommand(root, terminal))
        .addSubcommand(new DatasetInfoCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec, "set by picocli").commandLine(),
        "a command is missing; there are: build, info");
  }
}
