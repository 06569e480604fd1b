package org.clipscribe.cli;

import java.time.Duration;
import org.clipscribe.hub.PullListener;
import org.jspecify.annotations.Nullable;

/// Shows a download on a terminal: how much is there, how fast the rest comes, how long that takes.
final class TransferBar implements PullListener {
  private static final int BAR = 20;

  /// What fits a terminal of the usual 80 columns; a line that wraps could not be cleared.
  private static final int WIDTH = 79;

  private static final Duration REFRESH = Duration.ofMillis(100);

  /// The rate is that of the last seconds, so that it follows the network.
  private static final Duration WINDOW = Duration.ofSeconds(3);

  private final Terminal terminal;
  private final boolean visible;
  private final boolean quiet;
  private @Nullable String file;
  private long shownAt;
  private long windowStart;
  private long windowDone;
  private double rate;
  private boolean shown;

  /// @param quiet whether notes are left out too
  TransferBar(Terminal terminal, boolean quiet) {
    this.terminal = terminal;
    this.quiet = quiet;
    this.visible = terminal.messagesAreTerminal() && !quiet;
  }

  @Override
  public void progress(Stage stage, String name, long done, long total) {
    if (!visible) {
      return;
    }
    long now = System.nanoTime();
    String work = stage == Stage.VERIFYING ? "verifying " + name : name;
    if (!work.equals(file) || done < windowDone) {
      file = work;
      windowStart = now;
      windowDone = done;
      rate = 0;
    }
    if (now - windowStart > WINDOW.toNanos()) {
      rate = (done - windowDone) * 1e9 / (now - windowStart);
      windowStart = now;
      windowDone = done;
    } else if (rate == 0 && now - windowStart > REFRESH.toNanos()) {
      // The first seconds have to do with what they have.
      rate = (done - windowDone) * 1e9 / (now - windowStart);
    }
    if (now - shownAt > REFRESH.toNanos() || done == total) {
      shownAt = now;
      print(line(work, done, total, rate));
    }
  }

  @Override
  public void note(String message) {
    clear();
    if (!quiet) {
      terminal.note("note: " + message);
    }
  }

  void clear() {
    if (shown) {
      print("");
      shown = false;
    }
  }

  private void print(String line) {
    terminal.messages().print("\r\u001b[K" + line);
    terminal.messages().flush();
    shown = true;
  }

  /// @param total -1 when it is not known
  /// @param rate bytes a second, 0 when it is not known
  static String line(String name, long done, long total, double rate) {
    StringBuilder line = new StringBuilder();
    if (total > 0) {
      int filled = (int) (BAR * done / total);
      line.append('[').append("#".repeat(filled)).append("-".repeat(BAR - filled)).append("] ");
      line.append(number(done, total)).append('/');
    }
    line.append(amount(total > 0 ? total : done));
    if (rate > 0) {
      line.append(", ").append(amount(Math.round(rate))).append("/s");
      if (total > done) {
        Duration left = Duration.ofMillis(Math.round((total - done) / rate * 1000));
        line.append(", ").append(ProgressBar.shortly(left)).append(" left");
      }
    }
    int room = WIDTH - line.length() - 2;
    return room < 8
        ? line.toString()
        : line.append("  ").append(Texts.tail(Texts.oneLine(name), room)).toString();
  }

  /// In the unit of the total.
  private static String number(long done, long total) {
    double unit = Unit.of(total).bytes;
    return "%.1f".formatted(done / unit);
  }

  /// Bytes for a person, in decimal units like those of disks and networks.
  static String amount(long bytes) {
    Unit unit = Unit.of(bytes);
    return unit == Unit.B
        ? bytes + " B"
        : "%.1f %s".formatted(bytes / unit.bytes, unit.name().replace("K", "k"));
  }

  private enum Unit {
    B(1),
    KB(1e3),
    MB(1e6),
    GB(1e9);

    private final double bytes;

    Unit(double bytes) {
      this.bytes = bytes;
    }

    private static Unit of(long bytes) {
      Unit unit = B;
      for (Unit larger : values()) {
        unit = bytes >= larger.bytes ? larger : unit;
      }
      return unit;
    }
  }
}
