package org.clipscribe.captioner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.ClipTokenizer;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a random CLIP of a few numbers a token, and the real tokenizer.
class ClipScorerTest {
  private static final String CONFIG =
      """
      {"model_type": "clip", "projection_dim": 8,
       "vision_config": {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
                         "num_attention_heads": 2, "image_size": 32, "patch_size": 16},
       "text_config": {"hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2,
                       "num_attention_heads": 2}}
      """;

  private static final String PREPROCESSOR =
      "{\"size\": {\"shortest_edge\": 32}, \"crop_size\": {\"height\": 32, \"width\": 32}}";

  private static final Image PICTURE = picture();
  private static final List<String> REFERENCES =
      List.of("two cats sleep", "a grey cat", "a cat on a bed", "a dog", "the sea", "a cats");

  @TempDir static Path folder;

  @BeforeAll
  static void writeTheModel() throws IOException {
    Files.writeString(folder.resolve("config.json"), CONFIG);
    Files.writeString(folder.resolve("preprocessor_config.json"), PREPROCESSOR);
    for (String file : List.of("vocab.json", "merges.txt")) {
      try (InputStream in =
          Objects.requireNonNull(
              ClipScorerTest.class.getResourceAsStream("/clip-tokenizer/" + file))) {
        Files.copy(in, folder.resolve(file));
      }
    }
    ClipConfig config = ClipConfig.of(Json.readObject(folder.resolve("config.json")));
    try (Backend backend = Backends.open("reference", 1).backend()) {
      // Large enough that two texts do not come out the same.
      SeededTensors random =
          SeededTensors.of(
              backend, 3, Initialisation.normal(0.5f), _ -> false, s -> ClipModel.of(s, config));
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      random.names().forEach(name -> layout.put(name, random.info(name)));
      try (SafetensorsWriter writer =
          new SafetensorsWriter(folder.resolve("model.safetensors"), layout, Map.of())) {
        for (String name : layout.keySet()) {
          writer.copy(name, random, name);
        }
        writer.commit();
      }
    }
  }

  private static Image picture() {
    byte[] rgb = new byte[40 * 33 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * 7 + i / 13);
    }
    return new Image(40, 33, rgb);
  }

  private static ClipScorer scorer() {
    return ClipScorer.open(folder, CaptionerOptions.defaults().withDevice("cpu"));
  }

  /// The same by the double-precision back-end and by hand: embeddings of the two towers, the
  /// prompt before each text, cosines.
  @Test
  void scoresWithBothTowersAsTheFormulasSay() {
    ClipScores scores;
    try (ClipScorer scorer = scorer()) {
      scores = scorer.score(scorer.embed(PICTURE), "a cat", REFERENCES);
    }
    float[] image;
    float[] texts;
    ClipConfig config = ClipConfig.of(Json.readObject(folder.resolve("config.json")));
    ClipTokenizer tokenizer =
        ClipTokenizer.open(folder.resolve("vocab.json"), folder.resolve("merges.txt"));
    ImagePreprocessor preprocessor =
        new ImagePreprocessor(
            PreprocessorConfig.from(Json.readObject(folder.resolve("preprocessor_config.json"))));
    try (Backend backend = Backends.open("reference", 1).backend();
        SafetensorsFile weights = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
      ClipModel model =
          Checkpoint.of(weights, "CLIP")
              .load(backend, WeightFormat.F32, source -> ClipModel.of(source, config));
      Tensor pixels = Tensor.of(backend, Shape.of(1, 3, 32, 32), preprocessor.pixels(PICTURE));
      image = model.imageEmbeddings(pixels, Probe.NONE).toArray();
      List<String> prompted = new ArrayList<>(List.of("A photo depicts a cat"));
      REFERENCES.forEach(reference -> prompted.add("A photo depicts " + reference));
      texts =
          model.textEmbeddings(backend, tokenizer.encodeBatch(prompted, 77), Probe.NONE).toArray();
    }
    double clip = 2.5 * Math.max(0, dot(image, 0, texts, 0));
    double closest = 0;
    for (int row = 1; row <= REFERENCES.size(); row++) {
      closest = Math.max(closest, dot(texts, 0, texts, 8 * row));
    }
    // Two back-ends, single-precision embeddings.
    assertThat(scores.clipScore()).isPositive().isCloseTo(clip, within(1e-5));
    assertThat(scores.refClipScore())
        .isPositive()
        .isCloseTo(2 * clip * closest / (clip + closest), within(1e-5));
  }

  private static double dot(float[] a, int fromA, float[] b, int fromB) {
    double product = 0;
    for (int i = 0; i < 8; i++) {
      product += (double) a[fromA + i] * b[fromB + i];
    }
    return product;
  }

  @Test
  void longAndEmptyCaptionsHaveScoresToo() {
    try (ClipScorer scorer = scorer()) {
      float[] picture = scorer.embed(PICTURE);
      for (String caption : List.of("", "dog ".repeat(10_000), "\u0000\uD83D <script>")) {
        ClipScores scores = scorer.score(picture, caption, List.of(""));
        assertThat(scores.clipScore()).isBetween(0.0, 2.6);
        assertThat(scores.refClipScore()).isBetween(0.0, 1.5);
      }
      assertThat(scorer.score(picture, "a cat", List.of()).refClipScore()).isZero();
    }
  }

  @Test
  void refusesAFolderWithoutATextTower() {
    assertThatThrownBy(() -> ClipScorer.open(folder.resolve("none"), CaptionerOptions.defaults()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is no CLIP model with both towers: it has no config.json");
  }
}
