package org.clipscribe.cli;

import java.nio.file.Path;
import org.clipscribe.captioner.training.Subject;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.tensor.spi.Backend;

/// One of the things that `clipscribe train` does: what to open, how to learn, what to write.
interface TrainingWork {
  /// Opens model and data.
  ///
  /// @param run folder of the run, for what is prepared once
  Opened open(Backend backend, Path run);

  /// What is open during training.
  interface Opened extends AutoCloseable {
    Subject subject();

    TrainingPlan plan(int samples);

    /// Writes what came out.
    ///
    /// @param run folder of the run
    Written write(Path run, TrainingSession.Trained trained);

    @Override
    void close();
  }

  /// @param target the folder
  /// @param description one line on it
  /// @param next a command to go on with
  record Written(Path target, String description, String next) {}
}
