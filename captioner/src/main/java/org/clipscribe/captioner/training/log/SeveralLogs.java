package org.clipscribe.captioner.training.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Passes everything on to several logs.
record SeveralLogs(List<TrainingLog> logs) implements TrainingLog {
  @Override
  public void scalar(long step, String name, double value) {
    logs.forEach(log -> log.scalar(step, name, value));
  }

  @Override
  public void picture(long step, String name, byte[] png) {
    logs.forEach(log -> log.picture(step, name, png));
  }

  @Override
  public void text(long step, String name, String text) {
    logs.forEach(log -> log.text(step, name, text));
  }

  @Override
  public void flush() {
    logs.forEach(TrainingLog::flush);
  }

  /// Closes all of them, also when one cannot be.
  @Override
  public void close() {
    RuntimeException first = null;
    for (TrainingLog log : logs) {
      try {
        log.close();
      } catch (RuntimeException e) {
        first = withSuppressed(first, e);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static RuntimeException withSuppressed(
      @Nullable RuntimeException first, RuntimeException next) {
    if (first == null) {
      return next;
    }
    first.addSuppressed(next);
    return first;
  }
}
