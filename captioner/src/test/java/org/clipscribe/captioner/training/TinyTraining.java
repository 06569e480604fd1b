package org.clipscribe.captioner.training;

import java.nio.file.Path;
import java.time.Duration;
import org.clipscribe.captioner.training.log.CsvLog;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// Training of something small.
///
/// @param folder with its files and the runs
record TinyTraining(TinySubjects kind, Path folder) {
  static TinyTraining make(TinySubjects kind, Path folder) {
    kind.prepare(folder);
    return new TinyTraining(kind, folder);
  }

  /// Four epochs of 9 samples, three steps each of two batches, with dropout, warm-up, decay and
  /// clipping. A checkpoint after every step, so that a kill often falls into one.
  TrainingPlan plan() {
    return new TrainingPlan(
        4,
        2,
        2,
        new LearningRate.Cosine(0.01, 3, 40),
        AdamW.Settings.DEFAULT.withDecay(0.1),
        TrainingPlan.CLIP,
        kind == TinySubjects.CLIP ? 0 : 0.1f,
        42,
        TrainedParts.training(kind.trained()),
        0,
        Duration.ZERO);
  }

  /// Trains, going on if there is something to go on from.
  Trainer.Outcome train(
      String name, TrainingPlan plan, TrainingListener listener, StopSignal stop) {
    RunFolder run = RunFolder.open(folder.resolve(name));
    try (Backend backend = Backends.open("cpu", 2).backend();
        TrainingLog log = CsvLog.open(run.path().resolve("log.csv"), run.lastStep());
        Subject subject = kind.open(backend, folder)) {
      return TrainingSession.open(subject, run, true).train(plan, log, listener, stop);
    }
  }

  /// A process of its own, to be killed: kind, folder and name of the run; prints each step.
  public static void main(String[] arguments) {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepped(Progress progress, long totalSteps, double loss) {
            System.out.println("step " + progress.step());
          }
        };
    StopSignal stop = new StopSignal();
    TinyTraining training =
        new TinyTraining(TinySubjects.valueOf(arguments[0]), Path.of(arguments[1]));
    System.out.println(training.train(arguments[2], training.plan(), listener, stop));
  }
}
