package org.clipscribe.scenes.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.training.Progress;
import org.clipscribe.captioner.training.RunFolder;
import org.clipscribe.captioner.training.StopSignal;
import org.clipscribe.captioner.training.TrainedParts;
import org.clipscribe.captioner.training.Trainer;
import org.clipscribe.captioner.training.TrainingListener;
import org.clipscribe.captioner.training.TrainingPlan;
import org.clipscribe.captioner.training.TrainingSession;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.training.LearningRate;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MiniTaskTest {
  private static final int BATCH = 16;
  private static final int NAMING = 60;
  private static final int STEPS = 160;

  @TempDir private Path folder;
  private final Backend backend = Backends.open(Backends.AUTO, 2).backend();

  @AfterEach
  void close() {
    backend.close();
  }

  /// @param epoch steps of an epoch
  private MiniSubject subject(Path run, long seed, int epoch) throws IOException {
    Scenes plain = new Scenes(Art.madeUp(), SceneOptions.plain(96, 12, seed));
    Scenes hard = new Scenes(Art.madeUp(), SceneOptions.training(96, 12, seed));
    Scenes heldOut = new Scenes(Art.madeUp(), SceneOptions.heldOut(96, 12, seed));
    MiniRecipe recipe = new MiniRecipe(true, seed, epoch * BATCH, NAMING * BATCH, 16);
    Curriculum curriculum = new Curriculum(plain, plain, hard, 20 * BATCH, 40 * BATCH);
    return new MiniSubject(
        backend, run, recipe, curriculum, List.of(new MiniEvaluation("held-out", heldOut)));
  }

  private static TrainingPlan plan(int epochs, long seed) {
    return new TrainingPlan(
        epochs,
        BATCH,
        1,
        new LearningRate.Cosine(3e-3, 10, STEPS),
        MiniSubject.PRESET.optimiser(),
        1,
        0,
        seed,
        TrainedParts.training(List.of("*")),
        0,
        Duration.ofHours(1));
  }

  @Test
  void aShortRunBeatsChanceAndCaptionsFromItsBundle() throws IOException {
    Curves curves = new Curves();
    MiniSubject subject = subject(folder, 1, STEPS / 2);
    TrainingSession session = TrainingSession.open(subject, RunFolder.open(folder), false);
    assertThat(session.train(plan(2, 1), curves, TrainingListener.NONE, new StopSignal()))
        .isEqualTo(Trainer.Outcome.FINISHED);
    // A guess that knows only how many labels there are costs ln 144 = 5.0 for a patch, ln 129 + ln
    // 4 + ln 8 + ln 16 = 11.1 for a scene, ln 934 = 6.8 for a token of a caption.
    assertThat(curves.last("train/patch-naming")).isLessThan(4.5);
    assertThat(curves.last("train/scene-naming")).isLessThan(9);
    assertThat(curves.last("train/caption")).isLessThan(4);
    for (String part :
        List.of("patch-naming", "patch-placing", "scene-naming", "caption", "contrastive")) {
      assertThat(curves.last("train/" + part)).isLessThan(curves.first("train/" + part));
    }
    assertThat(curves.values).containsKeys("held-out/recall", "held-out/zero-shot");
    assertThat(curves.pictures).isEqualTo(24); // twelve an epoch
    Path bundle = folder.resolve("bundle");
    try (TrainingSession.Trained trained = session.trained()) {
      subject.write(bundle, trained.weights());
    }
    try (Captioner captioner = MiniEvaluation.open(bundle)) {
      Scenes scenes = new Scenes(Art.madeUp(), SceneOptions.heldOut(96, 12, 1));
      // By then it speaks the grammar: an article or a number comes first.
      assertThat(captioner.caption(scenes.scene(0).image()).text())
          .matches("(a|an|two|three|four|five|six) .*");
    }
  }

  @Test
  void aRunThatWasInterruptedEndsAsIfItHadNotBeen() throws IOException {
    Curves whole = new Curves();
    Path one = folder.resolve("one");
    run(one, 2, whole, new StopSignal(), TrainingListener.NONE);
    Curves parts = new Curves();
    Path other = folder.resolve("other");
    StopSignal stop = new StopSignal();
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void stepped(Progress progress, long totalSteps, double loss) {
            stop.request();
          }
        };
    assertThat(run(other, 2, parts, stop, stopper)).isEqualTo(Trainer.Outcome.INTERRUPTED);
    assertThat(run(other, 2, parts, new StopSignal(), TrainingListener.NONE))
        .isEqualTo(Trainer.Outcome.FINISHED);
    assertThat(parts.values.get("train/loss")).isEqualTo(whole.values.get("train/loss"));
    assertThat(RunFolder.open(other).best()).hasSameBinaryContentAs(RunFolder.open(one).best());
    assertThatThrownBy(() -> run(other, 3, parts, new StopSignal(), TrainingListener.NONE))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("seed 2, not 3");
  }

  private Trainer.Outcome run(
      Path run, long seed, TrainingLog log, StopSignal stop, TrainingListener listener)
      throws IOException {
    boolean resume = Files.exists(RunFolder.open(run).last());
    return TrainingSession.open(subject(run, seed, 2), RunFolder.open(run), resume)
        .train(plan(2, seed), log, listener, stop);
  }

  /// Keeps the numbers that training reports.
  private static final class Curves implements TrainingLog {
    private final Map<String, List<Double>> values = new HashMap<>();
    private int pictures;

    @Override
    public void scalar(long step, String name, double value) {
      values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    @Override
    public void picture(long step, String name, byte[] png) {
      pictures++;
    }

    @Override
    public void text(long step, String name, String text) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}

    double first(String name) {
      return values.getOrDefault(name, List.of()).getFirst();
    }

    /// The mean of the last ten, because batches differ.
    double last(String name) {
      List<Double> curve = values.getOrDefault(name, List.of());
      return curve.subList(curve.size() - 10, curve.size()).stream()
          .mapToDouble(Double::doubleValue)
          .average()
          .orElseThrow();
    }
  }
}
