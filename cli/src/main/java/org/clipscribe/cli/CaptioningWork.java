package org.clipscribe.cli;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.training.CaptionRule;
import org.clipscribe.captioner.training.CaptioningPreset;
import org.clipscribe.captioner.training.CaptioningSubject;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.convert.TrainedBundle;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// Trains mapping network and decoder of a bundle.
record CaptioningWork(
    Bundle bundle,
    Path data,
    @Nullable CaptionerPreset preset,
    @Nullable CaptionRule rule,
    boolean freshMapping,
    LearningOptions learning)
    implements TrainingWork {
  @Override
  public Opened open(Backend backend, Path run) {
    CaptioningPreset settings =
        preset == null ? CaptioningPreset.of(bundle.config()) : preset.of(bundle.config());
    CaptioningSubject subject =
        CaptioningSubject.open(
            backend,
            new CaptioningSubject.Setup(
                bundle,
                data,
                rule == null ? settings.rule() : rule,
                freshMapping ? OptionalLong.of(learning.seed()) : OptionalLong.empty()));
    return new Work(bundle, settings, subject, learning);
  }

  private record Work(
      Bundle bundle, CaptioningPreset settings, CaptioningSubject subject, LearningOptions learning)
      implements Opened {
    @Override
    public TrainingPlan plan(int samples) {
      return learning.plan(
          settings.settings(), TrainedParts.ofCaptioner(bundle.config().gpt2()), samples);
    }

    @Override
    public Written write(Path run, TrainingSession.Trained trained) {
      Path target = run.resolve("bundle");
      String description =
          TrainedBundle.write(
                  new TrainedBundle.Request(
                      bundle,
                      subject.config(),
                      trained.weights(),
                      trained.origin(),
                      target,
                      Clipscribe.version()),
                  (_, _) -> {})
              .description();
      return new Written(
          target, description, "clipscribe caption --model %s photo.jpg".formatted(target));
    }

    @Override
    public void close() {
      subject.close();
    }
  }
}
