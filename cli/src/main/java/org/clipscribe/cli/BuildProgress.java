package org.clipscribe.cli;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.dataset.BuildListener;
import org.clipscribe.captioner.dataset.Problem;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// Shows on stderr how a build gets on, and what it leaves out: the first few of each kind one by
/// one, the rest as numbers.
final class BuildProgress implements BuildListener {
  /// Of each kind; a wrong folder of images would be a hundred thousand lines.
  private static final int SHOWN = 5;

  private final Terminal terminal;
  private final boolean quiet;
  private final Map<Reason, Integer> seen = new EnumMap<>(Reason.class);
  private final HeapSweep heap = new HeapSweep();
  private Optional<ProgressBar> bar = Optional.empty();
  private boolean counting;
  private int resumed;
  private int firstDone = -1;
  private long firstTime;

  BuildProgress(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
  }

  @Override
  public void reading(long rows) {
    if (visible()) {
      counting = true;
      terminal.messages().print("\r\u001b[Kreading captions: " + rows);
      terminal.messages().flush();
    }
  }

  @Override
  public void resuming(int done, int total) {
    resumed = done;
  }

  @Override
  public void embedding(int done, int total) {
    heap.sweep();
    if (firstDone < 0 && resumed > 0 && !quiet) {
      clear();
      terminal.note("note: %d of %d images were done by an earlier run".formatted(resumed, total));
    }
    long now = System.nanoTime();
    if (firstDone < 0) { // the first batch warms up
      firstDone = done;
      firstTime = now;
    }
    clearCounting();
    if (bar.isEmpty()) {
      bar = Optional.of(new ProgressBar(terminal.messages(), visible(), total));
    }
    double seconds = (now - firstTime) / 1e9;
    String rate =
        done > firstDone && seconds > 0
            ? String.format(Locale.ROOT, "%.1f images/s", (done - firstDone) / seconds)
            : "";
    bar.get().show(done, rate);
  }

  @Override
  public void leftOut(Problem problem) {
    int count = seen.merge(problem.reason(), 1, Integer::sum);
    if (!quiet && count <= SHOWN) {
      clear();
      terminal.warning(problem.message());
    }
  }

  /// Whether a bar may be drawn.
  private boolean visible() {
    return terminal.messagesAreTerminal() && !quiet;
  }

  private void clearCounting() {
    if (counting) {
      counting = false;
      terminal.messages().print("\r\u001b[K");
    }
  }

  void clear() {
    clearCounting();
    bar.ifPresent(ProgressBar::clear);
  }

  /// One line on all that was left out, if anything was.
  void summary(Map<Reason, Integer> leftOut) {
    clear();
    if (!leftOut.isEmpty() && !quiet) {
      StringBuilder line = new StringBuilder("left out:");
      String separator = " ";
      for (Reason reason : Reason.values()) {
        int count = leftOut.getOrDefault(reason, 0);
        if (count > 0) {
          line.append(separator).append(count).append(' ').append(reason.label());
          separator = ", ";
        }
      }
      terminal.warning(line.toString());
    }
  }
}
