package org.clipscribe.captioner.training.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// The numbers of a run as comma separated values: `step,name,value`, a line each.
///
/// No time stands in it, so a run that was interrupted and resumed writes the very bytes of one
/// that was not. Pictures and texts are left out.
public final class CsvLog implements TrainingLog {
  private static final String HEADER = "step,name,value";

  private final LineFile file;

  private CsvLog(LineFile file) {
    this.file = file;
  }

  /// @param file made if it is missing; its folder is there
  /// @param lastStep the last step whose lines are kept: that of the checkpoint a run resumes from,
  ///     -1 for a new run
  /// @throws org.clipscribe.nn.BadInputException when the file is no such log
  public static CsvLog open(Path file, long lastStep) {
    LineFile lines = LineFile.open(file, lastStep, CsvLog::stepOf);
    try {
      if (Files.size(file) == 0) {
        lines.append(Math.max(0, lastStep), HEADER);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CsvLog(lines);
  }

  private static OptionalLong stepOf(String line) {
    if (line.equals(HEADER)) {
      return OptionalLong.of(-1);
    }
    int comma = line.indexOf(',');
    try {
      return comma < 0
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(line.substring(0, comma)));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  @Override
  public void scalar(long step, String name, double value) {
    file.append(step, step + "," + field(name) + "," + value);
  }

  @Override
  public void picture(long step, String name, byte[] png) {}

  @Override
  public void text(long step, String name, String text) {}

  /// A field as RFC 4180 wants it, line breaks made spaces so that a line stays an entry.
  private static String field(String name) {
    String line = name.replace('\n', ' ').replace('\r', ' ');
    return line.contains(",") || line.contains("\"")
        ? "\"" + line.replace("\"", "\"\"") + "\""
        : line;
  }

  @Override
  public void flush() {
    file.flush();
  }

  @Override
  public void close() {
    file.close();
  }
}
