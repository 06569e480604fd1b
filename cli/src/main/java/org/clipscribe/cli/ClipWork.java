package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.clipscribe.captioner.training.Subject;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingPreset;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.captioner.training.contrastive.ContrastiveSubject;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.convert.TrainableCheckpoint;
import org.clipscribe.tensor.spi.Backend;

/// Trains both towers of a CLIP.
record ClipWork(Path model, Path data, boolean fresh, LearningOptions learning)
    implements TrainingWork {
  @Override
  public Opened open(Backend backend, Path run) {
    TrainableCheckpoint.Clip clip = TrainableCheckpoint.clip(model);
    try {
      ContrastiveSubject subject =
          ContrastiveSubject.open(
              backend,
              new ContrastiveSubject.Setup(
                  clip.config(),
                  new ImagePreprocessor(clip.preprocessor()),
                  clip.tokenizer(),
                  clip.checkpoint().weights(),
                  clip.checkpoint().digest(),
                  data,
                  fresh ? OptionalLong.of(learning.seed()) : OptionalLong.empty()));
      return new Work(clip, subject, fresh, learning);
    } catch (RuntimeException | Error e) {
      clip.close();
      throw e;
    }
  }

  private record Work(
      TrainableCheckpoint.Clip clip, Subject subject, boolean fresh, LearningOptions learning)
      implements Opened {
    @Override
    public TrainingPlan plan(int samples) {
      return learning.plan(
          fresh ? TrainingPreset.FRESH_CLIP : TrainingPreset.CLIP,
          TrainedParts.training(List.of("clip.*")),
          samples);
    }

    @Override
    public Written write(Path run, TrainingSession.Trained trained) {
      Path target = run.resolve("model");
      String description =
          clip.checkpoint()
              .write(target, trained.weights(), trained.origin(), Clipscribe.version());
      return new Written(
          target,
          description,
          "clipscribe classify photo.jpg --labels 'a cat,a dog' --model " + target);
    }

    @Override
    public void close() {
      subject.close();
      clip.close();
    }
  }
}
