package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.TestBackends;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Both towers against every stage that the Python library gave, on every back-end.
class ClipGoldenTest {
  /// The promise is 1e-4. Both sides round to float32 in each of some ten operations a layer, which
  /// gives 2e-6 here; the rest is room for other orders of summation.
  private static final double TOLERANCE = 1e-5;

  static Stream<Arguments> modelsAndBackends() {
    return Stream.of("quick_gelu", "gelu")
        .flatMap(name -> TestBackends.all().map(backend -> Arguments.of(name, backend)));
  }

  @ParameterizedTest
  @MethodSource("modelsAndBackends")
  void seesPicturesLikeThePythonLibrary(String name, Backend backend) {
    ClipModel model = load(name, backend);
    try (SafetensorsFile golden = open(name, "expected.safetensors")) {
      Map<String, Tensor> stages = new HashMap<>();

      Tensor images = model.imageEmbeddings(pixels(golden, backend), Probe.into(stages::put));

      checkTower(golden, "vision", "vision_model", model.vision().config().layers(), stages);
      check(golden, "vision.projected", stages.get("image_projected"));
      check(golden, "image_embeds", images);
    }
  }

  @ParameterizedTest
  @MethodSource("modelsAndBackends")
  void readsTextsLikeThePythonLibrary(String name, Backend backend) {
    ClipModel model = load(name, backend);
    try (SafetensorsFile golden = open(name, "expected.safetensors")) {
      Map<String, Tensor> stages = new HashMap<>();

      Tensor texts = model.textEmbeddings(backend, texts(golden), Probe.into(stages::put));

      checkTower(golden, "text", "text_model", model.text().config().layers(), stages);
      check(golden, "text.projected", stages.get("text_projected"));
      check(golden, "text_embeds", texts);
    }
  }

  @ParameterizedTest
  @MethodSource("modelsAndBackends")
  void matchesPicturesAndTextsLikeThePythonLibrary(String name, Backend backend) {
    ClipModel model = load(name, backend);
    try (SafetensorsFile golden = open(name, "expected.safetensors")) {
      Tensor images = model.imageEmbeddings(pixels(golden, backend), Probe.NONE);
      Tensor texts = model.textEmbeddings(backend, texts(golden), Probe.NONE);

      Tensor logits = model.logits(images, texts);

      check(golden, "logits_per_image", logits);
      check(golden, "logits_per_text", logits.permute(1, 0));
      check(golden, "probs_per_image", logits.softmax());
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void paddingChangesNothingInThePooledText(Backend backend) {
    TextTransformer tower = load("gelu", backend).text();
    int[] text = {598, 3, 141, 59, 599};
    int[] padded = Arrays.copyOf(text, 12);
    Arrays.fill(padded, text.length, padded.length, 599);

    Tensor alone = pooled(tower, backend, text, text.length);

    assertClose(pooled(tower, backend, padded, text.length), alone.toArray(), TOLERANCE);
    assertClose(pooled(tower, backend, padded, padded.length), alone.toArray(), TOLERANCE);
  }

  private static Tensor pooled(TextTransformer tower, Backend backend, int[] text, int length) {
    TextBatch batch = new TextBatch(new int[][] {text}, new int[] {length});
    return tower.forward(backend, batch, Probe.NONE).poolerOutput();
  }

  private static void checkTower(
      SafetensorsFile golden, String tower, String place, int layers, Map<String, Tensor> stages) {
    for (int i = 0; i <= layers; i++) {
      check(golden, tower + ".hidden." + i, stages.get(place + ".encoder.hidden." + i));
    }
    assertThat(golden.names()).doesNotContain(tower + ".hidden." + (layers + 1));
    for (String stage : List.of("last_hidden_state", "pooler_output")) {
      check(golden, tower + "." + stage, stages.get(place + "." + stage));
    }
  }

  private static void check(SafetensorsFile golden, String name, @Nullable Tensor actual) {
    Objects.requireNonNull(actual, name);
    assertThat(actual.shape().toArray()).as(name).isEqualTo(shape(golden, name).toArray());
    try {
      assertClose(actual, golden.floats(name), TOLERANCE);
    } catch (AssertionError e) {
      throw new AssertionError(name + ": " + e.getMessage(), e);
    }
  }

  private static Tensor pixels(SafetensorsFile golden, Backend backend) {
    return Tensor.of(backend, shape(golden, "pixel_values"), golden.floats("pixel_values"));
  }

  static TextBatch texts(SafetensorsFile golden) {
    int[][] mask = rows(golden, "attention_mask");
    int[] lengths = Arrays.stream(mask).mapToInt(row -> IntStream.of(row).sum()).toArray();
    TextBatch texts = new TextBatch(rows(golden, "input_ids"), lengths);
    assertThat(texts.attentionMask()).isDeepEqualTo(mask);
    return texts;
  }

  private static int[][] rows(SafetensorsFile golden, String name) {
    long[] values = golden.longs(name);
    int width = shape(golden, name).last();
    return IntStream.range(0, values.length / width)
        .mapToObj(
            row ->
                Arrays.stream(values, row * width, (row + 1) * width)
                    .mapToInt(Math::toIntExact)
                    .toArray())
        .toArray(int[][]::new);
  }

  private static Shape shape(SafetensorsFile golden, String name) {
    return Shape.of(golden.info(name).shape().stream().mapToInt(Math::toIntExact).toArray());
  }

  private static ClipModel load(String name, Backend backend) {
    ClipConfig config = ClipConfig.of(Json.readObject(resource(name, "config.json")));
    try (SafetensorsFile file = open(name, "model.safetensors")) {
      return Checkpoint.of(file, "CLIP")
          .load(backend, WeightFormat.F32, source -> ClipModel.of(source, config));
    }
  }

  static SafetensorsFile open(String name, String file) {
    return SafetensorsFile.open(resource(name, file));
  }

  static Path resource(String name, String file) {
    String path = "/clip-tiny/" + name + "/" + file;
    try {
      return Path.of(Objects.requireNonNull(ClipGoldenTest.class.getResource(path), path).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
