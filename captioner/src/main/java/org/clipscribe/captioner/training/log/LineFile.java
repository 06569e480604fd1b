package org.clipscribe.captioner.training.log;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.function.Function;
import org.clipscribe.nn.BadInputException;

/// A file of lines in order of their steps that a resumed run continues as if nothing had happened:
/// later lines, and a last line that was not written to its end, are cut off.
final class LineFile implements AutoCloseable {
  private final OutputStream out;
  private long lastStep;

  private LineFile(OutputStream out, long lastStep) {
    this.out = out;
    this.lastStep = lastStep;
  }

  /// @param file made if it is missing
  /// @param lastStep the last step to keep, -1 for none
  /// @param stepOf the step of a line, a header's is -1; empty for what is no line of ours
  /// @throws BadInputException when the file is somebody else's; it is left as it is then
  static LineFile open(Path file, long lastStep, Function<String, OptionalLong> stepOf) {
    try {
      if (Files.exists(file)) {
        long keep = lengthUpTo(file, lastStep, stepOf);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(keep);
        }
      }
      return new LineFile(
          new BufferedOutputStream(
              Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)),
          lastStep);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How many bytes the lines up to a step take. Whatever follows a line that is none of ours was
  /// not written by a process in order: a power failure, for example, leaves zeros.
  private static long lengthUpTo(Path file, long lastStep, Function<String, OptionalLong> stepOf)
      throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      long keep = 0;
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          line.write(b);
          continue;
        }
        OptionalLong step = stepOf.apply(line.toString(StandardCharsets.UTF_8));
        if (step.isEmpty() && keep == 0) {
          throw new BadInputException(
              file, "is not a log of a training run; move it away or choose another folder");
        }
        if (step.isEmpty() || step.getAsLong() > lastStep) {
          return keep;
        }
        keep += line.size() + 1;
        line.reset();
      }
      return keep;
    }
  }

  /// @param line without its line feed
  void append(long step, String line) {
    if (step < lastStep) {
      throw new IllegalArgumentException(
          "log: step %d after step %d: steps never go back".formatted(step, lastStep));
    }
    lastStep = step;
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void flush() {
    try {
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
