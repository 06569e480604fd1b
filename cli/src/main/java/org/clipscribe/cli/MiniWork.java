package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.List;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.scenes.training.MiniSubject;
import org.clipscribe.tensor.spi.Backend;

/// Trains the embedded model from nothing.
///
/// @param art drawings that scenes are composed of
record MiniWork(Path art, LearningOptions learning) implements TrainingWork {
  @Override
  public Opened open(Backend backend, Path run) {
    return new Work(MiniSubject.open(backend, art, run, learning.seed()), learning);
  }

  private record Work(MiniSubject subject, LearningOptions learning) implements Opened {
    @Override
    public TrainingPlan plan(int samples) {
      return learning.plan(MiniSubject.PRESET, TrainedParts.training(List.of("*")), samples);
    }

    @Override
    public Written write(Path run, TrainingSession.Trained trained) {
      Path target = run.resolve("bundle");
      subject.write(target, trained.weights());
      return new Written(
          target,
          "the miniature, trained on scenes",
          "clipscribe caption --model %s examples/scenes".formatted(target));
    }

    @Override
    public void close() {
      subject.close();
    }
  }
}
