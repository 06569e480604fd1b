package org.clipscribe.cli;

import java.util.Locale;
import org.clipscribe.captioner.training.Progress;
import org.clipscribe.captioner.training.TrainingListener;
import org.clipscribe.captioner.training.TrainingMemory;

/// Tells a person how training goes: a line an epoch, and on a terminal a bar that moves.
final class TrainingConsole implements TrainingListener {
  private final Terminal terminal;
  private final boolean quiet;
  private final int epochs;
  private final ProgressBar bar;

  /// @param totalSteps of all epochs
  TrainingConsole(Terminal terminal, boolean quiet, int epochs, long totalSteps) {
    this.terminal = terminal;
    this.quiet = quiet;
    this.epochs = epochs;
    this.bar =
        new ProgressBar(
            terminal.messages(),
            terminal.messagesAreTerminal() && !quiet,
            (int) Math.min(Integer.MAX_VALUE, totalSteps));
  }

  @Override
  public void stepped(Progress progress, long totalSteps, double loss) {
    bar.show(
        (int) Math.min(Integer.MAX_VALUE, progress.step()),
        String.format(Locale.ROOT, "epoch %d, loss %.4f", progress.epoch() + 1, loss));
  }

  @Override
  public void epochEnded(Progress progress, double train, double validation) {
    String judged =
        Double.isNaN(validation) ? "" : String.format(Locale.ROOT, ", validation %.4f", validation);
    say(
        String.format(
            Locale.ROOT,
            "epoch %d of %d: loss %.4f%s%s",
            progress.epoch(),
            epochs,
            train,
            judged,
            progress.isBest() ? " (best)" : ""));
  }

  @Override
  public void ended(TrainingMemory memory) {
    String peak =
        PeakMemory.bytes().stream()
            .mapToObj(bytes -> "at most %s MB; ".formatted(megabytes(bytes)))
            .findFirst()
            .orElse("");
    say(
        "memory: %s%s MB are weights (%s), gradients (%s), moments (%s) and activations (%s)"
            .formatted(
                peak,
                megabytes(memory.sum()),
                megabytes(memory.weights()),
                megabytes(memory.gradients()),
                megabytes(memory.moments()),
                megabytes(memory.activations())));
  }

  private static String megabytes(long bytes) {
    double megabytes = bytes / 1e6;
    return String.format(Locale.ROOT, megabytes < 10 ? "%.1f" : "%.0f", megabytes);
  }

  @Override
  public void notice(String message) {
    say("note: " + message);
  }

  private void say(String line) {
    if (!quiet) {
      bar.clear();
      terminal.note(line);
    }
  }

  void clear() {
    bar.clear();
  }
}
