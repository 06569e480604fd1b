package org.clipscribe.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.clipscribe.cli.Results.ClosedException;
import org.clipscribe.tensor.Backends;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command above all commands: what they share, and how each of them ends.
@Command(
    name = "clipscribe",
    description = "Captions pictures in pure Java: CLIP sees, GPT-2 writes.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Clipscribe.Version.class,
    sortOptions = false,
    footerHeading = "%nExit status:%n",
    footer = {
      "  0 done, 1 some inputs failed, 2 wrong usage, 3 bad input, 4 no model, 5 out of",
      "  resources or device missing, 130 interrupted",
      "",
      "Example:",
      "  clipscribe caption --model models/small photo.jpg"
    })
final class Clipscribe implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean versionWanted;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Only results and errors: no notes, no progress.")
  private boolean quiet;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of errors.")
  private boolean debug;

  /// Commands that open a model. Reading the command line takes longer than half of what the JVM
  /// needs to compile kernels, and leaves a core idle.
  private static final Set<String> COMPUTING =
      Set.of("caption", "video", "generate", "embed", "classify", "search", "evaluate");

  private Clipscribe() {}

  boolean quiet() {
    return quiet;
  }

  boolean debug() {
    return debug;
  }

  /// Runs one command line to its end.
  ///
  /// @return the exit status
  static int run(Terminal terminal, String... arguments) {
    if (arguments.length > 0 && COMPUTING.contains(arguments[0])) {
      Backends.prepare();
    }
    Clipscribe root = new Clipscribe();
    CommandLine commands = commandLine(root, terminal, arguments);
    try {
      return commands.execute(arguments);
    } catch (Error e) { // picocli hands exceptions to the handler below, errors to us
      return Failure.of(e).report(terminal, root.debug);
    }
  }

  /// Every command, by its name.
  private static Map<String, Supplier<Object>> all(Clipscribe root, Terminal terminal) {
    Map<String, Supplier<Object>> all = new LinkedHashMap<>();
    all.put("caption", () -> new CaptionCommand(root, terminal));
    all.put("video", () -> new VideoCommand(root, terminal));
    all.put("generate", () -> new GenerateCommand(root, terminal));
    all.put("embed", () -> new EmbedCommand(root, terminal));
    all.put("classify", () -> new ClassifyCommand(root, terminal));
    all.put("search", () -> new SearchCommand(root, terminal));
    all.put("convert", () -> new ConvertCommand(root, terminal));
    all.put("evaluate", () -> new EvaluateCommand(root, terminal));
    all.put("doctor", () -> new DoctorCommand(terminal));
    all.put("verify", () -> new VerifyCommand(terminal));
    all.put("dataset", () -> DatasetCommand.withSubcommands(root, terminal));
    all.put("train", () -> new TrainCommand(root, terminal));
    all.put("pull", () -> new PullCommand(root, terminal));
    all.put("models", () -> new ModelsCommand(terminal));
    all.put("rm", () -> new RmCommand(root, terminal));
    all.put("devices", () -> new DevicesCommand(terminal));
    all.put("bench", () -> new BenchCommand(root, terminal));
    return all;
  }

  /// With the command that the arguments begin with, or all of them: picocli looks at all options
  /// of each, which takes longer than the whole rest of a start.
  private static CommandLine commandLine(Clipscribe root, Terminal terminal, String[] arguments) {
    CommandLine commands = new CommandLine(root);
    Map<String, Supplier<Object>> all = all(root, terminal);
    if (arguments.length > 0) {
      Supplier<Object> named = all.get(arguments[0]);
      all = named == null ? all : Map.of(arguments[0], named);
    }
    all.forEach((name, command) -> commands.addSubcommand(name, command.get()));
    // After the last command was added, because these settings reach only those that are there.
    return commands
        .setOut(terminal.results().writer())
        .setErr(terminal.messagesWriter())
        .setColorScheme(Help.defaultColorScheme(terminal.colouredResults() ? Ansi.ON : Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, _) -> usageError(e, terminal))
        .setExecutionExceptionHandler((e, _, _) -> ended(e, terminal, root.debug));
  }

  private static int ended(Exception e, Terminal terminal, boolean debug) {
    return e instanceof ClosedException ? ExitStatus.DONE : Failure.of(e).report(terminal, debug);
  }

  private static int usageError(ParameterException e, Terminal terminal) {
    terminal.error(UsageErrors.message(e));
    terminal.note("see: %s --help".formatted(e.getCommandLine().getCommandSpec().qualifiedName()));
    return ExitStatus.USAGE;
  }

  @Override
  public void run() {
    CommandSpec shown = Objects.requireNonNull(spec, "set by picocli");
    throw new ParameterException(
        shown.commandLine(),
        "a command is missing; there are: "
            + String.join(", ", shown.commandLine().getSubcommands().keySet()));
  }

  /// From the manifest of our jar; there is none when tests run on class folders.
  static String version() {
    return Objects.requireNonNullElse(
        Clipscribe.class.getPackage().getImplementationVersion(), "development");
  }

  /// What `--version` prints.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "clipscribe %s (Java %s, %s %s)"
            .formatted(
                version(),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"))
      };
    }
  }
}
