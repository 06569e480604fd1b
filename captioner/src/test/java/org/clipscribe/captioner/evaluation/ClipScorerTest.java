package org.clipscribe.captioner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipEncoder;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.Test;

/// With a random CLIP of a few numbers a token, and the real tokenizer.
class ClipScorerTest {
  private static final ClipConfig CONFIG =
      ClipConfig.of(
          json(
              """
              {"model_type": "clip", "projection_dim": 8,
               "vision_config": {"hidden_size": 16, "intermediate_size": 32, "image_size": 32,
                                 "num_hidden_layers": 2, "num_attention_heads": 2, "patch_size": 16},
               "text_config": {"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2,
                               "num_attention_heads": 2}}
              """));

  private static final PreprocessorConfig PREPROCESSOR =
      PreprocessorConfig.from(
          json(
              """
              {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
              """));

  private static final Image PICTURE = picture();
  private static final List<String> REFERENCES =
      List.of("two cats sleep", "a grey cat", "a cat on a bed", "a dog", "the sea", "a cats");

  private static JsonObject json(String text) {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8), "test");
  }

  private static Image picture() {
    byte[] rgb = new byte[40 * 33 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 7 + i / 13);
    }
    return new Image(40, 33, rgb);
  }

  private static ClipEncoder encoder(String device) {
    Backend backend = Backends.open(device, 1).backend();
    // Large enough that two texts do not come out the same.
    SeededTensors random =
        SeededTensors.of(
            backend, 3, Initialisation.normal(0.5f), _ -> false, s -> ClipModel.of(s, CONFIG));
    ClipModel model =
        Checkpoint.of(random, "CLIP")
            .load(backend, WeightFormat.F32, source -> ClipModel.of(source, CONFIG));
    ClipTokenizer tokenizer = ClipTokenizer.open(resource("vocab.json"), resource("merges.txt"));
    return new ClipEncoder(model, backend, PREPROCESSOR, tokenizer);
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(ClipScorerTest.class.getResource("/clip-tokenizer/" + name))
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same with embeddings of the double-precision back-end and the formulas written out.
  @Test
  void scoresWithBothTowersAsTheFormulasSay() {
    ClipScores scores;
    try (ClipEncoder encoder = encoder("cpu")) {
      scores = new ClipScorer(encoder).score(PICTURE, "a cat", REFERENCES);
    }
    double clip;
    double closest = 0;
    try (ClipEncoder encoder = encoder("reference")) {
      float[] caption = encoder.texts(List.of("A photo depicts a cat")).getFirst();
      clip = 2.5 * Math.max(0, dot(encoder.image(PICTURE), caption));
      for (String reference : REFERENCES) {
        float[] text = encoder.texts(List.of("A photo depicts " + reference)).getFirst();
        closest = Math.max(closest, dot(caption, text));
      }
    }
    // Two back-ends, embeddings in single precision.
    assertThat(scores.clipScore()).isPositive().isCloseTo(clip, within(1e-5));
    assertThat(scores.refClipScore())
        .isPositive()
        .isCloseTo(2 * clip * closest / (clip + closest), within(1e-5));
  }

  private static double dot(float[] a, float[] b) {
    double product = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
    }
    return product;
  }

  @Test
  void longAndEmptyCaptionsHaveScoresToo() {
    try (ClipEncoder encoder = encoder("cpu")) {
      ClipScorer scorer = new ClipScorer(encoder);
      for (String caption : List.of("", "dog ".repeat(10_000), "\u0000\uD83D <script>")) {
        ClipScores scores = scorer.score(PICTURE, caption, List.of(""));
        assertThat(scores.clipScore()).isBetween(0.0, 2.6);
        assertThat(scores.refClipScore()).isBetween(0.0, 1.5);
      }
      assertThat(scorer.score(PICTURE, "a cat", List.of()).refClipScore()).isZero();
    }
  }
}
