package org.clipscribe.nn.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Against the rates that Hugging Face's schedulers and the original's code gave.
final class LearningRateTest {
  /// What the golden data promise; both sides compute in double precision.
  private static final Offset<Double> TOLERANCE = within(1e-9);

  private static JsonObject schedules() {
    try (InputStream in = LearningRateTest.class.getResourceAsStream("schedules.json")) {
      return Json.parseObject(Objects.requireNonNull(in).readAllBytes(), "schedules.json");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void check(List<@Nullable Object> golden, Function<Long, Double> rate) {
    assertThat(golden).hasSizeGreaterThan(40);
    for (int i = 0; i < golden.size(); i++) {
      double expected = ((Number) Objects.requireNonNull(golden.get(i))).doubleValue();
      assertThat(rate.apply((long) i)).as("step %d", i).isCloseTo(expected, TOLERANCE);
    }
  }

  @Test
  void risesInALineAndFallsAlongACosine() {
    for (String name : List.of("cosine", "cosine_no_warmup")) {
      JsonObject golden = schedules().object(name);
      LearningRate rate =
          new LearningRate.Cosine(
              schedules().number("base_lr"),
              golden.integer("warmup", 0, 100),
              golden.integer("total", 0, 100));
      check(golden.list("lr"), rate::at);
    }
  }

  @Test
  void risesAndFallsInALine() {
    JsonObject golden = schedules().object("linear");
    check(golden.list("lr"), new LearningRate.Linear(0.01, 8, 40)::at);
  }

  @Test
  void risesAndStays() {
    LearningRate rate = new LearningRate.Constant(0.01, 8);
    assertThat(rate.at(0)).isZero();
    assertThat(rate.at(4)).isCloseTo(0.005, TOLERANCE);
    assertThat(rate.at(8)).isEqualTo(0.01);
    assertThat(rate.at(1_000_000)).isEqualTo(0.01);
    assertThat(new LearningRate.Constant(0.01, 0).at(0)).isEqualTo(0.01);
  }

  @Test
  void followsTheOriginalsTriangleAsWritten() {
    JsonObject golden = schedules().object("seed_project");
    LearningRate rate =
        new LearningRate.Original(
            golden.number("max_lr"), golden.number("k"), golden.integer("epochs", 1, 1000), 10);
    check(golden.list("lr_per_epoch"), epoch -> rate.at(10 * epoch));
    check(golden.list("lr_per_epoch"), epoch -> rate.at(10 * epoch + 9));
  }
}
