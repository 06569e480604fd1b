package org.clipscribe.captioner.training;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.TinyBundle;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.captioner.dataset.TinyDataset;
import org.clipscribe.captioner.training.log.CsvLog;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;

/// Training of the golden miniature on a dozen made-up images: seconds, but everything takes part.
///
/// @param folder with `bundle`, `data` and the runs
record TinyTraining(Path folder) {
  private static final int WIDTH = 10;

  /// Makes bundle and data set.
  static TinyTraining make(Path folder, int images) {
    TinyBundle.write(folder.resolve("bundle"));
    Random random = new Random(7);
    List<CaptionedImage> rows = new ArrayList<>();
    float[][] embeddings = new float[images][WIDTH];
    for (int i = 0; i < images; i++) {
      for (int j = 0; j < WIDTH; j++) {
        embeddings[i][j] = (float) random.nextGaussian();
      }
      Split split = i % 4 == 3 ? Split.VAL : Split.TRAIN;
      String caption = "Picture number " + i + " of a " + (i % 2 == 0 ? "cat." : "dog on a hill.");
      rows.add(new CaptionedImage("image" + i, i + ".jpg", split, List.of(caption)));
    }
    TinyDataset.write(folder.resolve("data"), rows, embeddings);
    return new TinyTraining(folder);
  }

  /// Four epochs of 9 captions, three steps each of two batches, with dropout, warm-up, decay and
  /// clipping. A checkpoint after every step, so that a kill often falls into one.
  static TrainingPlan plan() {
    return plan(4, 2, 2, 0);
  }

  static TrainingPlan plan(int epochs, int batch, int accumulate, int patience) {
    return new TrainingPlan(
        epochs,
        batch,
        accumulate,
        new LearningRate.Cosine(0.01, 3, 40),
        AdamW.Settings.DEFAULT.withDecay(0.1),
        TrainingPlan.CLIP,
        0.1f,
        42,
        TrainedParts.training(List.of("mapping.*", "gpt2.wpe.*", "gpt2.h.0.*", "gpt2.ln_f.*")),
        patience,
        Duration.ZERO);
  }

  RunFolder run(String name) {
    return RunFolder.open(folder.resolve(name));
  }

  CaptioningSession session(Backend backend, RunFolder run, boolean resume) {
    return CaptioningSession.open(
        backend,
        new CaptioningSession.Setup(
            Bundle.open(folder.resolve("bundle")),
            folder.resolve("data"),
            run,
            CaptionRule.SANE_B,
            OptionalLong.of(3),
            resume));
  }

  /// Trains, going on if there is something to go on from.
  Trainer.Outcome train(
      String name, TrainingPlan plan, TrainingListener listener, StopSignal stop) {
    RunFolder run = run(name);
    try (Backend backend = Backends.open("cpu", 2).backend();
        TrainingLog log = CsvLog.open(run.path().resolve("log.csv"), run.lastStep());
        CaptioningSession session = session(backend, run, true)) {
      return session.train(plan, log, listener, stop);
    }
  }

  /// A process of its own, to be killed: folder and name of the run; prints each step.
  public static void main(String[] arguments) {
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepped(Progress progress, long totalSteps, double loss) {
            System.out.println("step " + progress.step());
          }
        };
    StopSignal stop = new StopSignal();
    TinyTraining training = new TinyTraining(Path.of(arguments[0]));
    System.out.println(training.train(arguments[1], plan(), listener, stop));
  }
}
