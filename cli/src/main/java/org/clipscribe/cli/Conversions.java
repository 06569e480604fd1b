package org.clipscribe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.clipscribe.convert.ConvertReport;
import org.clipscribe.convert.ConvertRequest;
import org.clipscribe.convert.Converter;
import org.clipscribe.convert.Progress;
import org.clipscribe.convert.RandomBundle;

/// Runs a conversion in front of a user.
final class Conversions {
  private static final int STEPS = 100;

  private final Terminal terminal;
  private final boolean quiet;

  Conversions(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /// Converts, with a progress bar on a terminal; a checkpoint without a vocabulary gets the one
  /// that we ship.
  ConvertReport run(ConvertRequest request) {
    ConvertRequest complete =
        request.tokenizer().isPresent()
            ? request
            : shipped(request).map(request::withTokenizer).orElse(request);
    return shown(
        request.source().toString(),
        request.target(),
        progress -> Converter.convert(complete, progress));
  }

  /// Writes random weights, with a progress bar on a terminal.
  ConvertReport random(RandomBundle.Request request) {
    RandomBundle.Request complete =
        request.tokenizer().isPresent()
            ? request
            : request.withTokenizer(Tokenizers.fallback(terminal.environment(), List.of()));
    return shown(
        request.target().toString(),
        request.target(),
        progress -> RandomBundle.write(complete, progress));
  }

  private ConvertReport shown(String label, Path target, Function<Progress, ConvertReport> work) {
    boolean visible = terminal.messagesAreTerminal() && !quiet;
    ProgressBar bar = new ProgressBar(terminal.messages(), visible, STEPS);
    Interruption interruption =
        Interruption.ofThisThread(
            terminal,
            "interrupted: the conversion to %s; nothing was left there, the same command begins anew"
                .formatted(target));
    try {
      return work.apply(
          (done, total) -> bar.show(total == 0 ? STEPS : (int) (STEPS * done / total), label));
    } catch (RuntimeException e) {
      throw Thread.currentThread().isInterrupted() ? interruption.exception(e) : e;
    } finally {
      bar.clear();
      interruption.over();
    }
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
