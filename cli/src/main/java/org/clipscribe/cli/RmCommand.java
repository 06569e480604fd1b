package org.clipscribe.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Removes a model.
@Command(
    name = "rm",
    sortOptions = false,
    description = {
      "Remove a model that was pulled, and the bundle that was made of it.",
      "",
      "Of a repository all revisions go, for Python programs too; with --revision one of them, and"
          + " what others share with it stays."
    },
    footerHeading = "%nExample:%n",
    footer = "  clipscribe rm --yes vit-gpt2-image-captioning")
final class RmCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(paramLabel = "NAME", description = "As `clipscribe models` lists it.")
  private @Nullable String name;

  @Option(
      names = "--revision",
      paramLabel = "REV",
      description = "Only this branch, tag or commit of a repository.")
  private @Nullable String revision;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  RmCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PulledModels models = PulledModels.of(terminal.environment());
    ModelRemoval removal =
        ModelRemoval.of(
            models,
            CheckpointCache.of(terminal.environment()),
            Objects.requireNonNull(name, "required"),
            revision);
    if (!yes && !agreed(removal)) {
      terminal.note("nothing was removed");
      return ExitStatus.DONE;
    }
    removal.run();
    if (!root.quiet()) {
      terminal.note("removed " + removal.description());
    }
    return ExitStatus.DONE;
  }

  private boolean agreed(ModelRemoval removal) throws IOException {
    if (!terminal.messagesAreTerminal()) {
      throw CommandException.usage(
          "this would remove %s; say so with --yes where nobody can be asked"
              .formatted(removal.description()));
    }
    terminal.messages().print(Texts.oneLine("Remove " + removal.description() + "? [y/N] "));
    terminal.messages().flush();
    String answer =
        new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8)).readLine();
    return answer != null && answer.strip().matches("(?i)y|yes");
  }
}
