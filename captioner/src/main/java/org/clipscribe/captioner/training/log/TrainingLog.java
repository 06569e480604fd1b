package org.clipscribe.captioner.training.log;

import java.util.List;

/// What a training run tells the world while it runs.
///
/// A name is a path with slashes; charts group by its last part and compare its first:
/// `train/loss`, `validation/loss`, `train/learning-rate`. A picture and a text of one name belong
/// together: `samples/dog` is a photo and, at each step it was captioned, its caption.
///
/// Steps never go back: an entry belongs to the step of the one before it or to a later one. Not
/// thread-safe. A file that cannot be written is an [java.io.UncheckedIOException].
public interface TrainingLog extends AutoCloseable {
  /// A number at a step, NaN and the infinities included.
  void scalar(long step, String name, double value);

  /// A picture at a step.
  ///
  /// @param png a whole PNG file
  void picture(long step, String name, byte[] png);

  /// A text at a step: a caption, the configuration of the run (`configuration`, step 0).
  void text(long step, String name, String text);

  /// Hands everything to the operating system, so that killing this process loses nothing of it.
  /// To be called before a checkpoint is saved: a log must never lack what a checkpoint has seen.
  void flush();

  @Override
  void close();

  /// One log that passes everything on to several, in their order.
  static TrainingLog all(List<? extends TrainingLog> logs) {
    return new SeveralLogs(List.copyOf(logs));
  }
}
