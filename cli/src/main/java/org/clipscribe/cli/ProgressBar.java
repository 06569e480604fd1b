package org.clipscribe.cli;

import java.io.PrintStream;
import java.time.Duration;

/// One line at the bottom of a terminal that says how far a long run is.
///
/// Results and messages go above it: [#clear()] before they are printed, [#show] afterwards.
final class ProgressBar {
  private static final int BAR = 24;

  /// What fits a terminal of the usual 80 columns; a line that wraps could not be cleared.
  private static final int WIDTH = 79;

  private final PrintStream out;
  private final boolean visible;
  private final int total;
  private int firstDone;
  private long firstTime;

  /// @param visible whether anything is printed at all
  /// @param total how many steps there are
  ProgressBar(PrintStream out, boolean visible, int total) {
    this.out = out;
    this.visible = visible;
    this.total = total;
    if (visible) {
      // Ctrl-C in the middle: the shell's prompt should not stand behind the bar.
      Runtime.getRuntime().addShutdownHook(new Thread(this::clear));
    }
  }

  /// @param done how many steps are behind us
  /// @param current what is worked on
  void show(int done, String current) {
    if (!visible) {
      return;
    }
    long now = System.nanoTime();
    if (firstDone == 0 && done > 0) {
      firstDone = done; // the first step loads the model and says nothing of the others' speed
      firstTime = now;
    }
    Duration left =
        done > firstDone
            ? Duration.ofNanos((now - firstTime) / (done - firstDone) * (total - done))
            : Duration.ZERO;
    print(line(done, total, left, current));
  }

  void clear() {
    if (visible) {
      print("");
    }
  }

  private void print(String line) {
    out.print("\r\u001b[K" + line);
    out.flush();
  }

  /// @param left zero while it is not known
  static String line(int done, int total, Duration left, String current) {
    int filled = (int) ((long) BAR * done / total);
    String line =
        "[%s%s] %d/%d".formatted("#".repeat(filled), "-".repeat(BAR - filled), done, total);
    if (!left.isZero()) {
      line += ", " + shortly(left) + " left";
    }
    int room = WIDTH - line.length() - 2;
    return room < 8 ? line : line + "  " + Texts.tail(Texts.oneLine(current), room);
  }

  static String shortly(Duration time) {
    long seconds = Math.max(1, Math.round(time.toMillis() / 1000.0));
    if (seconds < 100) {
      return seconds + " s";
    }
    return seconds < 6000 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
