package org.clipscribe.captioner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The whole way from a photo to a caption, stage by stage, against what PyTorch computed.
class CaptionerTest {
  /// PyTorch's float kernels and ours sum in different orders: about 1e-5 relative after two
  /// towers. The goldens were checked to 1e-5; a wrong bias or position shows as 1e-2 or more.
  private static final double TOLERANCE = 1e-4;

  @TempDir static Path temp;
  private static TinyBundle tiny;

  @BeforeAll
  static void convertTheGoldenModel() {
    tiny = TinyBundle.write(temp);
  }

  @ParameterizedTest
  @CsvSource({
    "reference, ORIGINAL, 0", "reference, ORIGINAL, 1", "reference, ORIGINAL, 2",
    "reference, CLEAN, 0", "reference, CLEAN, 1", "reference, CLEAN, 2",
    "cpu, ORIGINAL, 0", "cpu, ORIGINAL, 1", "cpu, ORIGINAL, 2",
    "cpu, CLEAN, 0", "cpu, CLEAN, 1", "cpu, CLEAN, 2"
  })
  void agreesWithTheOriginalInEveryStage(String device, PositionRule rule, int photo) {
    Map<String, Tensor> seen = new HashMap<>();
    Caption caption;
    try (Captioner captioner = tiny.open(device, rule)) {
      caption = captioner.caption(TinyBundle.photo(photo), Probe.into(seen::put));
    }
    JsonObject golden = TinyBundle.expected(photo, rule);
    assertThat(caption.tokens()).isEqualTo(TinyBundle.tokens(golden));
    assertThat(caption.text())
        .isEqualTo(
            rule == PositionRule.ORIGINAL
                ? golden.string("caption")
                : golden.string("text_without_eos").strip());
    assertThat(caption.score()).isNegative().isGreaterThan(-12);
    try (SafetensorsFile stages = TinyBundle.stages()) {
      assertClose(stage(seen, "embedding"), stages.floats(photo + ".image_embedding"), TOLERANCE);
      assertClose(stage(seen, "mapping.prefix"), stages.floats(photo + ".prefix"), TOLERANCE);
      String step = photo + (rule == PositionRule.ORIGINAL ? ".upstream" : ".clean");
      float[] logits = stages.floats(step + ".top5_logits");
      long[] ids = stages.longs(step + ".top5_ids");
      assertClose(chosen(seen, ids), logits, TOLERANCE);
    }
  }

  /// Of each step's logits those that the golden file has.
  private static float[] chosen(Map<String, Tensor> seen, long[] ids) {
    float[] found = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      found[i] = stage(seen, "steps." + i / 5 + ".logits")[(int) ids[i]];
    }
    return found;
  }

  private static float[] stage(Map<String, Tensor> seen, String name) {
    return Objects.requireNonNull(seen.get(name), name).toArray();
  }

  @Test
  void captionsFromManyThreadsAtOnceAsFromOne() throws Exception {
    try (Captioner captioner = tiny.open("cpu", PositionRule.CLEAN)) {
      Image[] photos = {TinyBundle.photo(0), TinyBundle.photo(1), TinyBundle.photo(2)};
      List<Caption> alone = new ArrayList<>();
      for (Image photo : photos) {
        alone.add(captioner.caption(photo));
      }
      List<Thread> threads = new ArrayList<>();
      Caption[] together = new Caption[12];
      for (int i = 0; i < 12; i++) {
        int job = i;
        threads.add(
            Thread.startVirtualThread(() -> together[job] = captioner.caption(photos[job % 3])));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      for (int i = 0; i < 12; i++) {
        assertThat(together[i]).isEqualTo(alone.get(i % 3));
      }
    }
  }
}
