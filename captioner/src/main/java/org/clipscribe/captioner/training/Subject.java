package org.clipscribe.captioner.training;

import java.util.Optional;
import org.clipscribe.nn.NamedTensors;

/// What is trained on what, with all its files open: a [Task] for whatever weights the model has
/// by now.
public interface Subject extends AutoCloseable {
  /// Samples of an epoch, as [Task#samples()] will say.
  int samples();

  /// All weights that training begins with, under the names of their files.
  NamedTensors weights();

  /// A line for a person, when something is odd that does not keep training from going on.
  default Optional<String> notice() {
    return Optional.empty();
  }

  /// Loads the model.
  ///
  /// @param weights those of [#weights()], or what takes the place of some of them
  /// @throws org.clipscribe.nn.BadInputException when they do not fit
  Task task(NamedTensors weights, TrainingPlan plan);

  @Override
  void close();
}
