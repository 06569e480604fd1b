package org.clipscribe.captioner.training;

import java.util.Map;
import java.util.Optional;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.training.OverlaidTensors;
import org.clipscribe.nn.training.TrainingCheckpoint;

/// A model's training in a folder, from the beginning or from where it stands to the weights that
/// come out.
///
/// ```java
/// try (Subject subject = CaptioningSubject.open(backend, setup)) {
///   var session = TrainingSession.open(subject, RunFolder.open(path), false);
///   if (session.train(plan, log, listener, stop) == Trainer.Outcome.FINISHED) {
///     try (var trained = session.trained()) { write(trained.weights()); }
///   }
/// }
/// ```
///
/// @param subject closed by whoever opened it
/// @param folder where checkpoints are
/// @param resume whether to go on from the checkpoint in the folder, if there is one
public record TrainingSession(Subject subject, RunFolder folder, boolean resume) {
  /// @throws BadInputException when the folder holds a run that is not to be resumed
  public static TrainingSession open(Subject subject, RunFolder folder, boolean resume) {
    if (!resume && folder.last().toFile().exists()) {
      throw new BadInputException(
          folder.last(), "is there already; go on with --resume, or name another folder");
    }
    return new TrainingSession(subject, folder, resume);
  }

  /// Trains, from the beginning or from the checkpoint.
  ///
  /// @throws BadInputException when the checkpoint is damaged or of another run, when there is
  ///     nothing to learn from, or when a loss is no longer a number
  public Trainer.Outcome train(
      TrainingPlan plan, TrainingLog log, TrainingListener listener, StopSignal stop) {
    Optional<TrainingCheckpoint> found = resume ? folder.resume() : Optional.empty();
    NamedTensors weights = subject.weights();
    Trainer trainer;
    try (TrainingCheckpoint checkpoint = found.orElse(null)) {
      trainer =
          checkpoint == null
              ? Trainer.begin(subject.task(weights, plan), plan, folder, log, listener)
              : Trainer.resume(
                  checkpoint,
                  subject.task(new OverlaidTensors(weights, checkpoint.model()), plan),
                  plan,
                  folder,
                  log,
                  listener);
    }
    return trainer.run(stop);
  }

  /// All weights that come out: those of the best epoch where something was trained, as they were
  /// elsewhere. To be read while the subject is open.
  ///
  /// @return to be closed
  public Trained trained() {
    return new Trained(subject.weights(), TrainingCheckpoint.open(folder.best()));
  }

  /// @param base what training began with
  /// @param best the checkpoint of the best epoch
  public record Trained(NamedTensors base, TrainingCheckpoint best) implements AutoCloseable {
    public NamedTensors weights() {
      return new OverlaidTensors(base, best.model());
    }

    /// For the manifest of what comes out: what training was asked to do, and how far it got.
    public Map<String, Object> origin() {
      return Map.of(
          "kind", "trained by clipscribe",
          "configuration", best.configuration().toMap(),
          "progress", best.progress().toMap());
    }

    @Override
    public void close() {
      best.close();
    }
  }
}
