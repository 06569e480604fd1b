package org.clipscribe.captioner.training.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.clipscribe.nn.AtomicFile;

/// A page about a run, written again while it goes on: curves, what it says of its sample pictures,
/// its configuration.
///
/// One file that shows everything without network and without a script; whoever has it open sees it
/// refresh itself until the run ends.
public final class HtmlReport implements TrainingLog {
  /// A page of 200 KB each 5 seconds is nothing to write and soon enough to read.
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Path file;
  private final Clock clock;
  private final RunRecord record;
  private Instant written = Instant.MIN;

  private HtmlReport(Path file, Clock clock, RunRecord record) {
    this.file = file;
    this.clock = clock;
    this.record = record;
  }

  /// @param file replaced
  /// @param past what a run that goes on has said so far: its `log.jsonl`, already cut to the step
  ///     it goes on from; may be missing
  /// @param clock for the time in the page
  public static HtmlReport open(Path file, Path past, Clock clock) {
    RunRecord record = new RunRecord();
    try {
      if (Files.exists(past)) {
        try (Stream<String> lines = Files.lines(past, StandardCharsets.UTF_8)) {
          lines.forEach(
              line -> LogEntry.parse(line).ifPresent(entry -> restore(record, past, entry)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new HtmlReport(file, clock, record);
  }

  private static void restore(RunRecord record, Path past, LogEntry entry) {
    switch (entry) {
      case LogEntry.Scalar(long step, String name, double value) ->
          record.scalar(step, name, value);
      case LogEntry.Text(long step, String name, String text) -> record.text(step, name, text);
      case LogEntry.Picture(_, String name, String picture) -> {
        Path png = past.resolveSibling("pictures").resolve(Path.of(picture).getFileName());
        try {
          if (Files.isRegularFile(png)) {
            record.picture(name, Files.readAllBytes(png));
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void scalar(long step, String name, double value) {
    record.scalar(step, name, value);
    refresh();
  }

  @Override
  public void picture(long step, String name, byte[] png) {
    record.picture(name, png);
  }

  @Override
  public void text(long step, String name, String text) {
    record.text(step, name, text);
  }

  @Override
  public void flush() {
    refresh();
  }

  private void refresh() {
    if (Duration.between(written, clock.instant()).compareTo(PAUSE) >= 0) {
      write(true);
    }
  }

  /// Writes the page for good.
  @Override
  public void close() {
    write(false);
  }

  private void write(boolean running) {
    written = clock.instant();
    String run = String.valueOf(file.toAbsolutePath().resolveSibling("").normalize().getFileName());
    try {
      AtomicFile.write(file, new RunPage(record, run, written, running).toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
