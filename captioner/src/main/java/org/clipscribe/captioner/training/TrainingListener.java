package org.clipscribe.captioner.training;

/// Hears how training goes, for a person who waits.
public interface TrainingListener {
  /// Hears nothing.
  TrainingListener NONE = new TrainingListener() {};

  /// A step is done.
  ///
  /// @param totalSteps of all epochs
  /// @param loss of this step
  default void stepped(Progress progress, long totalSteps, double loss) {}

  /// An epoch is done.
  ///
  /// @param progress at the beginning of the next one
  /// @param train mean loss of its samples
  /// @param validation mean loss of the validation split, NaN when there is none
  default void epochEnded(Progress progress, double train, double validation) {}

  /// Training ended or was stopped, after at least one step.
  ///
  /// @param memory what it needed
  default void ended(TrainingMemory memory) {}

  /// Something a person should know: samples that were skipped, for example.
  default void notice(String message) {}
}
