package org.clipscribe.scenes.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    MiniOptions options = new MiniOptions(true, seed, 16, NAMING, STEPS, 3e-3, 10, 0.05);
    Scenes scenes = new Scenes(Art.madeUp(), SceneOptions.training(96, 12, seed));
    return new MiniTrainer(Backends.open(Backends.AUTO, 2).backend(), options, folder, scenes);
  }

  @Test
  void aShortRunBeatsChanceAndCaptionsFromItsBundle() throws IOException {
    MiniTrainer trainer = trainer(folder, 1);
    List<Float> losses = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      losses.add(trainer.update(NO_LOG));
    }
    // A guess that knows only how many labels there are costs ln 144 = 5.0 for a patch, and half of
    // ln 129 + ln 4 + ln 8 + ln 16 = 11.1 for a scene: 10.5. Seen after 60 steps: 5.
    assertThat(losses.get(0)).isGreaterThan(9);
    assertThat(mean(losses.subList(NAMING - 10, NAMING))).isLessThan(8);
    // The same for a token of a caption: ln 934 = 6.8, and for 16 pictures ln 16 = 2.8, of which
    // half counts; the rest of the first joint loss is naming, by then under 3.
    assertThat(losses.get(NAMING)).isGreaterThan(7);
    assertThat(mean(losses.subList(STEPS - 10, STEPS))).isLessThan(6);
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

  private static double mean(List<Float> values) {
    return values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
  }
}
