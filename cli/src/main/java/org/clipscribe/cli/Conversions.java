package org.clipscribe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.convert.ConvertReport;
import org.clipscribe.convert.ConvertRequest;
import org.clipscribe.convert.Converter;

/// Runs a conversion in front of a user.
final class Conversions {
  private static final int STEPS = 100;

  private final Terminal terminal;
  private final boolean quiet;

  Conversions(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /// Converts, with a progress bar on a terminal and the report's notes as warnings; a checkpoint
  /// without a vocabulary gets the one that we ship.
  ConvertReport run(ConvertRequest request) {
    ConvertRequest complete =
        request.tokenizer().isPresent()
            ? request
            : shipped(request).map(request::withTokenizer).orElse(request);
    boolean visible = terminal.messagesAreTerminal() && !quiet;
    ProgressBar bar = new ProgressBar(terminal.messages(), visible, STEPS);
    ConvertReport report;
    try {
      report =
          Converter.convert(
              complete,
              (done, total) ->
                  bar.show(
                      total == 0 ? STEPS : (int) (STEPS * done / total),
                      request.source().toString()));
    } finally {
      bar.clear();
    }
    if (!quiet) {
      report.notes().forEach(note -> terminal.note("note: " + note));
    }
    return report;
  }

  private Optional<Path> shipped(ConvertRequest request) {
    List<Path> sources = new ArrayList<>();
    request.gpt2().ifPresent(gpt2 -> sources.add(folder(gpt2)));
    sources.add(folder(request.source()));
    return Tokenizers.fallback(terminal.environment(), sources);
  }

  private static Path folder(Path source) {
    Path parent = source.toAbsolutePath().getParent();
    return Files.isDirectory(source) || parent == null ? source : parent;
  }
}
