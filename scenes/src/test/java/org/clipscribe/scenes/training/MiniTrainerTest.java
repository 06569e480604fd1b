package org.clipscribe.scenes.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.training.log.TrainingLog;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.scenes.Art;
import org.clipscribe.scenes.SceneOptions;
import org.clipscribe.scenes.Scenes;
import org.clipscribe.tensor.Backends;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MiniTrainerTest {
  private static final int NAMING = 60;
  private static final int STEPS = 160;
  private static final TrainingLog NO_LOG = TrainingLog.all(List.of());

  @TempDir private Path folder;

  private static MiniTrainer trainer(Path folder, long seed) throws IOException {
    MiniOptions options = new MiniOptions(true, seed, 16, 20, 40, NAMING, STEPS, 3e-3, 10, 0.05);
    Curriculum curriculum =
        new Curriculum(
            new Scenes(Art.madeUp(), SceneOptions.plain(96, 12, seed)),
            new Scenes(Art.madeUp(), SceneOptions.plain(96, 12, seed)),
            new Scenes(Art.madeUp(), SceneOptions.training(96, 12, seed)),
            320,
            640);
    return new MiniTrainer(Backends.open(Backends.AUTO, 2).backend(), options, folder, curriculum);
  }

  @Test
  void aShortRunBeatsChanceAndCaptionsFromItsBundle() throws IOException {
    MiniTrainer trainer = trainer(folder, 1);
    Curves curves = new Curves();
    for (int step = 0; step < STEPS; step++) {
      trainer.update(curves);
    }
    // A guess that knows only how many labels there are costs ln 144 = 5.0 for a patch, ln 129 + ln
    // 4
    // + ln 8 + ln 16 = 11.1 for a scene, ln 934 = 6.8 for a token of a caption.
    assertThat(curves.last("train/patch-naming")).isLessThan(4.5);
    assertThat(curves.last("train/scene-naming")).isLessThan(9);
    assertThat(curves.last("train/caption")).isLessThan(4);
    for (String part : List.of("train/patch-naming", "train/scene-naming", "train/caption")) {
      assertThat(curves.last(part)).isLessThan(curves.first(part));
    }
    trainer.export();
    try (Captioner captioner = MiniEvaluation.open(folder.resolve("bundle"))) {
      Scenes scenes = new Scenes(Art.madeUp(), SceneOptions.heldOut(96, 12, 1));
      // By then it speaks the grammar: an article or a number comes first.
      assertThat(captioner.caption(scenes.scene(0).image()).text())
          .matches("(a|an|two|three|four|five|six) .*");
    }
  }

  @Test
  void aRunThatWasInterruptedEndsAsIfItHadNotBeen() throws IOException {
    Path whole = folder.resolve("whole");
    Path parts = folder.resolve("parts");
    MiniTrainer uninterrupted = trainer(whole, 2);
    List<Float> expected = new ArrayList<>();
    for (int step = 0; step < 4; step++) {
      expected.add(uninterrupted.update(NO_LOG));
    }
    MiniTrainer first = trainer(parts, 2);
    first.update(NO_LOG);
    first.update(NO_LOG);
    first.save();
    MiniTrainer second = trainer(parts, 2);
    assertThat(second.step()).isEqualTo(2);
    List<Float> found = List.of(second.update(NO_LOG), second.update(NO_LOG));
    assertThat(found).isEqualTo(expected.subList(2, 4)); // bit for bit
    assertThatThrownBy(() -> trainer(parts, 3))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("seed 2, not 3");
  }

  /// Keeps the numbers that training reports.
  private static final class Curves implements TrainingLog {
    private final Map<String, List<Double>> values = new HashMap<>();

    @Override
    public void scalar(long step, String name, double value) {
      values.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }

    @Override
    public void picture(long step, String name, byte[] png) {}

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
