package org.clipscribe.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.clipscribe.hub.Revision;
import org.clipscribe.nn.json.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Fetches a model.
@Command(
    name = "pull",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Fetch a model, verify every file of it, and make it ready for --model NAME.",
      "",
      "Repositories of the Hugging Face Hub go to the cache that Python programs use as well, by"
          + " the same HF_ variables. What was interrupted goes on where it ended."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  clipscribe pull vit-gpt2-image-captioning",
      "  clipscribe caption --model vit-gpt2-image-captioning photo.jpg",
      "",
      "This is the only command that uses the network."
    })
final class PullCommand implements Callable<Integer> {
  private final Clipscribe root;
  private final Terminal terminal;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description =
          "A name that `clipscribe models` lists, a repository of the hub (organisation/name), or a"
              + " single file: drive:ID, https://..., file:///...")
  private @Nullable String name;

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      description = "Files of the repository (default: what a model needs).")
  private List<String> files = List.of();

  @Option(
      names = "--revision",
      paramLabel = "REV",
      description = "A branch, a tag or a commit of the repository (default: main).")
  private @Nullable String revision;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "What a single file must have; a must for files of the web.")
  private @Nullable String sha256;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to call a model that comes as a single file (default: by the file).")
  private @Nullable String as;

  @Option(
      names = "--no-convert",
      description = "Only fetch and verify: a captioner is then converted when it is first used.")
  private boolean fetchOnly;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  PullCommand(Clipscribe root, Terminal terminal) {
    this.root = root;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    PulledModels models = PulledModels.of(terminal.environment());
    allowProxyPasswords(models);
    PullTarget target = target(models);
    Interruption interruption =
        Interruption.ofThisThread(
            terminal,
            "interrupted: pull %s; run the same command again, the download goes on where it stopped"
                .formatted(target.name()));
    PullRun.Result result;
    Readiness readiness;
    try {
      result = fetch(target, models);
      readiness =
          fetchOnly
              ? Readiness.fetched(result)
              : Readiness.of(result, new ModelFolders(terminal, root.quiet()));
    } catch (InterruptedIOException e) {
      throw interruption.exception(e);
    } finally {
      interruption.over();
    }
    report(result, readiness);
    return ExitStatus.DONE;
  }

  private PullRun.Result fetch(PullTarget target, PulledModels models) throws IOException {
    TransferBar bar = new TransferBar(terminal, root.quiet());
    try {
      return new PullRun(terminal, models, bar, "clipscribe/" + Clipscribe.version()).run(target);
    } finally {
      bar.clear();
    }
  }

  private PullTarget target(PulledModels models) {
    try {
      return PullTarget.parse(
          new PullTarget.Arguments(
              Objects.requireNonNull(name, "required"),
              files,
              revision == null ? null : new Revision(revision),
              sha256,
              as),
          models.known());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(String.valueOf(e.getMessage()));
    }
  }

  /// The JDK sends no passwords to a proxy on the way to an encrypted address unless it is told
  /// that the user wants it, which an address with a password says.
  private static void allowProxyPasswords(PulledModels models) {
    String property = "jdk.http.auth.tunneling.disabledSchemes";
    if (models.settings().proxies().haveCredentials() && System.getProperty(property) == null) {
      System.setProperty(property, "");
    }
  }

  private void report(PullRun.Result result, Readiness readiness) {
    if (json) {
      Map<String, Object> map = new LinkedHashMap<>(result.toMap());
      readiness.bundle().ifPresent(bundle -> map.put("bundle", bundle.toString()));
      terminal.results().print(Json.writePretty(map));
    } else {
      terminal
          .results()
          .line(
              Texts.oneLine(
                  String.format(
                      Locale.ROOT,
                      "%s: %s, %s",
                      result.name(),
                      readiness.path(),
                      TransferBar.amount(result.bytes()))));
    }
    if (!root.quiet()) {
      readiness.note().ifPresent(note -> terminal.note("note: " + note));
      readiness.next().ifPresent(next -> terminal.note("next: " + next));
    }
  }
}
