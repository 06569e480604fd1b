package org.clipscribe.captioner.training.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalLong;
import org.clipscribe.nn.AtomicFile;

/// Everything of a run, an object a line: `{"step": 10, "name": "train/loss", "value": 2.5}`, with
/// `text` or `picture` in place of `value`.
///
/// Pictures are files beside it, `pictures/<SHA-256>.png`, so that the photo captioned in each
/// epoch is stored once. As in [CsvLog] there is no time in it.
public final class JsonLinesLog implements TrainingLog {
  private final LineFile file;
  private final Path pictures;

  private JsonLinesLog(LineFile file, Path pictures) {
    this.file = file;
    this.pictures = pictures;
  }

  /// @param file made if it is missing; its folder is there
  /// @param lastStep the last step whose lines are kept: that of the checkpoint a run resumes from,
  ///     -1 for a new run
  /// @throws org.clipscribe.nn.BadInputException when the file is no such log
  public static JsonLinesLog open(Path file, long lastStep) {
    LineFile lines = LineFile.open(file, lastStep, JsonLinesLog::stepOf);
    return new JsonLinesLog(lines, file.resolveSibling("pictures"));
  }

  private static OptionalLong stepOf(String line) {
    return LogEntry.parse(line).stream().mapToLong(LogEntry::step).findFirst();
  }

  @Override
  public void scalar(long step, String name, double value) {
    append(new LogEntry.Scalar(step, name, value));
  }

  @Override
  public void text(long step, String name, String text) {
    append(new LogEntry.Text(step, name, text));
  }

  @Override
  public void picture(long step, String name, byte[] png) {
    String base = sha256(png) + ".png";
    Path picture = pictures.resolve(base);
    try {
      if (!Files.exists(picture)) {
        Files.createDirectories(pictures);
        AtomicFile.write(picture, png);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    append(new LogEntry.Picture(step, name, "pictures/" + base));
  }

  private void append(LogEntry entry) {
    file.append(entry.step(), entry.json());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
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
