package org.clipscribe.gpt2.decoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.clipscribe.gpt2.decoding.SearchStrategy.Sample;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.junit.jupiter.api.Test;

/// What sampling draws from, against Hugging Face's filters.
class FilterTest {
  /// The promise. The library computes in single precision: measured 9e-8.
  private static final double TOLERANCE = 1e-6;

  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(FilterTest.class.getResource("/org/clipscribe/gpt2/" + name))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Sample sample(JsonObject options) {
    return new Sample(
        options.number("temperature", 1),
        options.integer("top_k", 0, 1000, 0),
        options.number("top_p", 1),
        options.number("typical_p", 1),
        0);
  }

  @Test
  void leavesTheProbabilitiesThatHuggingFaceLeaves() {
    List<JsonObject> cases = Json.readObject(resource("gpt2-tiny/sampling.json")).objects("cases");
    assertThat(cases).hasSize(13);
    try (SafetensorsFile file = SafetensorsFile.open(resource("gpt2-tiny/sampling.safetensors"))) {
      float[] logits = file.floats("logits");
      for (JsonObject options : cases) {
        double[] scores = new double[logits.length];
        for (int i = 0; i < scores.length; i++) {
          scores[i] = logits[i];
        }
        sample(options)
            .filters(options.integer("min_tokens_to_keep", 1, 9, 1))
            .forEach(filter -> filter.process(Draft.of(), scores));

        double[] probabilities = Softmax.of(scores);

        float[] expected = file.floats("probs." + options.integer("index", 0, 99));
        List<Long> kept = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
          assertThat(probabilities[i])
              .as("%s, token %s", options.toMap(), i)
              .isCloseTo(expected[i], within(TOLERANCE));
          if (probabilities[i] > 0) {
            kept.add((long) i);
          }
        }
        assertThat(kept).isEqualTo(options.list("kept_ids"));
      }
    }
  }

  @Test
  void keepsAllTokensThatAreAsLikelyAsTheLastOfTheTop() {
    double[] scores = {1, 3, 2, 2, -1, 2};
    new TopK(2).process(Draft.of(), scores);
    assertThat(scores).containsExactly(NEVER, 3, 2, 2, NEVER, 2);
  }

  @Test
  void leavesForbiddenTokensForbidden() {
    for (Sample sample :
        List.of(
            Sample.of(0).withTemperature(0.5),
            Sample.of(0).withTopK(3),
            Sample.of(0).withTopP(0.99),
            Sample.of(0).withTypicalP(0.99))) {
      double[] scores = {NEVER, 1, NEVER, 2};
      sample.filters(1).forEach(filter -> filter.process(Draft.of(), scores));
      assertThat(scores[0]).isEqualTo(NEVER);
      assertThat(scores[2]).isEqualTo(NEVER);
      assertThat(scores[3]).isGreaterThan(NEVER);
      double[] none = {NEVER, NEVER};
      sample.filters(1).forEach(filter -> filter.process(Draft.of(), none));
      assertThat(none).containsExactly(NEVER, NEVER);
    }
  }

  @Test
  void ranksByScoreAndThenByToken() {
    assertThat(Ranking.descending(new double[] {-0.0, 5, NEVER, -3, 0.0, 5, Double.NaN, 1e30}))
        .containsExactly(7, 1, 5, 0, 4, 3);
  }

  @Test
  void drawsEachTokenFromItsStretch() {
    double[] probabilities = {0, 0.25, 0, 0.5, 0.25, 0};
    assertThat(Choices.draw(probabilities, 0)).isEqualTo(1);
    assertThat(Choices.draw(probabilities, 0.249)).isEqualTo(1);
    assertThat(Choices.draw(probabilities, 0.25)).isEqualTo(3);
    assertThat(Choices.draw(probabilities, 0.75)).isEqualTo(4);
    assertThat(Choices.draw(probabilities, Math.nextDown(1.0))).isEqualTo(4);
    assertThat(Choices.draw(new double[] {0.3, 0.3, 0}, 0.9)).isEqualTo(1);
    assertThat(Choices.draw(new double[3], 0.5)).isEqualTo(Walks.Choice.NOTHING);
  }

  /// Pinned, and computed in Python too: a seed means the same text in every version, everywhere.
  @Test
  void drawsNumbersThatNeverChange() {
    CounterRandom random = new CounterRandom(42);
    assertThat(random.uniform(0, 0)).isEqualTo(0.3869742762400409);
    assertThat(random.uniform(0, 1)).isEqualTo(0.7129353372857994);
    assertThat(random.uniform(1, 0)).isEqualTo(0.1752956097232744);
    assertThat(new CounterRandom(-1).uniform(0, 0)).isEqualTo(0.9844383619111032);
  }

  @Test
  void drawsEvenly() {
    int[] counts = new int[10];
    int draws = 100_000;
    CounterRandom random = new CounterRandom(1);
    for (int i = 0; i < draws; i++) {
      counts[(int) (10 * random.uniform(i % 7, i / 7))]++;
    }
    for (int count : counts) {
      // Five standard deviations of a binomial with p = 0.1; the numbers are always the same ones.
      assertThat(count).isCloseTo(draws / 10, within(475));
    }
  }
}
