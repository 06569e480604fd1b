package org.clipscribe.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.CaptionModel;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.ImageContext;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.SearchStrategy.Beam;
import org.clipscribe.gpt2.decoding.SearchStrategy.EarlyStopping;
import org.clipscribe.gpt2.decoding.SearchStrategy.LengthRule;
import org.clipscribe.nn.Checkpoint;
import org.clipscribe.nn.Probe;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.TestBackends;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A ViT with a GPT-2 that looks at it, from a folder of Hugging Face's on, against a run of
/// *transformers*. `equal` is stored as `pytorch_model.bin` with all its buffers, `proj` as
/// safetensors and with a projection between encoder and decoder.
class VitGpt2GoldenTest {
  /// Float32 through two networks; the worst seen is 4e-5, of a logit or a hidden state.
  private static final double TOLERANCE = 1e-4;

  @TempDir private Path directory;

  static Stream<Arguments> cases() {
    return Stream.of("equal", "proj")
        .flatMap(model -> TestBackends.all().map(named -> Arguments.of(model, named)));
  }

  private static Path resource(String model, String file) {
    return Models.resource("vit-gpt2-tiny/" + model + "/" + file);
  }

  /// A bundle of the golden model, as a user makes one.
  private Path bundle(String model) {
    Path source = Objects.requireNonNull(resource(model, "config.json").getParent());
    Path bundle = directory.resolve(model);
    int tokens =
        Json.readObject(resource(model, "config.json"))
            .object("decoder")
            .integer("vocab_size", 1, 1 << 20);
    Path words = Models.firstWords(directory.resolve("words"), tokens);
    ConvertReport report =
        Converter.convert(ConvertRequest.of(source, bundle).withTokenizer(words));
    assertThat(report.description()).startsWith("vision-encoder-decoder");
    return bundle;
  }

  private static CaptionModel load(Path bundle, Backend backend) {
    Bundle opened = Bundle.open(bundle);
    try (SafetensorsFile weights = SafetensorsFile.open(bundle.resolve(Bundle.WEIGHTS))) {
      return Checkpoint.of(weights, "bundle")
          .load(backend, WeightFormat.F32, source -> CaptionModel.of(source, opened.config()));
    }
  }

  private static Image photo(String model) throws IOException {
    String file = Json.readObject(resource(model, "expected.json")).string("file");
    BufferedImage decoded = ImageIO.read(Models.resource("photos/" + file).toFile());
    int width = decoded.getWidth();
    int height = decoded.getHeight();
    int[] samples = decoded.getRaster().getPixels(0, 0, width, height, (int[]) null);
    byte[] rgb = new byte[samples.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) samples[i];
    }
    return new Image(width, height, rgb);
  }

  private static void assertClose(String what, float[] actual, float[] expected, double within) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("%s: element %d", what, i)
          .isCloseTo(expected[i], within((float) within));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"equal", "proj"})
  void pressesThePhotoIntoTheSquareThatViTSees(String model) throws IOException {
    Bundle bundle = Bundle.open(bundle(model));
    ImagePreprocessor preprocessor = new ImagePreprocessor(bundle.preprocessor());
    float[] pixels = preprocessor.pixels(photo(model));
    try (SafetensorsFile expected = SafetensorsFile.open(resource(model, "expected.safetensors"))) {
      if (expected.names().contains("resized_uint8")) {
        long[] bytes = expected.longs("resized_uint8");
        byte[] crop = preprocessor.crop(photo(model));
        assertThat(IntStream.range(0, crop.length).map(i -> crop[i] & 0xff).asLongStream())
            .containsExactly(Arrays.stream(bytes).boxed().toArray(Long[]::new));
        assertClose("pixels", pixels, expected.floats("pixel_values"), 1e-6);
      } else {
        float[] some = new float[(pixels.length + 55) / 56];
        for (int i = 0; i < some.length; i++) {
          some[i] = pixels[56 * i];
        }
        assertClose("pixels", some, expected.floats("pixel_values_every_56th"), 1e-6);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void seesAndReadsWhatTheReferenceDoesAtEveryLayer(String model, Backend backend)
      throws IOException {
    Path bundle = bundle(model);
    CaptionModel captioner = load(bundle, backend);
    Map<String, Tensor> stages = new HashMap<>();
    Probe probe = Probe.into(stages::put);
    int side = Bundle.open(bundle).config().vision().imageSize();
    Tensor pixels =
        Tensor.of(
            backend,
            Shape.of(1, 3, side, side),
            new ImagePreprocessor(Bundle.open(bundle).preprocessor()).pixels(photo(model)));
    ImageContext context = captioner.reader().read(pixels, probe);
    try (SafetensorsFile expected = SafetensorsFile.open(resource(model, "expected.safetensors"))) {
      stages.forEach(
          (name, stage) -> {
            String theirs =
                name.replaceFirst("^vit\\.encoder\\.hidden\\.", "encoder.hidden.")
                    .replaceFirst("^vit\\.last_hidden_state$", "encoder.last_hidden_state");
            if (expected.names().contains(theirs)) {
              assertClose(theirs, stage.toArray(), expected.floats(theirs), TOLERANCE);
            }
          });
      assertThat(stages).containsKeys("vit.encoder.hidden.0", "vit.last_hidden_state");
      assertDecodes(captioner.gpt2(), states(context), backend, expected);
    }
  }

  private static Tensor states(ImageContext context) {
    return switch (context) {
      case ImageContext.States(Tensor states) -> states;
      case ImageContext.Prefix _ -> throw new AssertionError("a prefix");
    };
  }

  private static void assertDecodes(
      Gpt2 gpt2, Tensor states, Backend backend, SafetensorsFile expected) {
    int[] tokens = ints(expected.longs("decoder_input_ids"));
    Map<String, Tensor> stages = new HashMap<>();
    Tensor rows = gpt2.embed(backend, tokens).plus(gpt2.positions(backend, 0, tokens.length));
    Tensor hidden =
        gpt2.forward(
            rows.reshape(1, tokens.length, -1),
            new Pass(null, Probe.into(stages::put)).lookingAt(gpt2.remember(states)));
    int layers = gpt2.config().layers();
    for (int i = 0; i <= layers; i++) {
      assertClose(
          "decoder.hidden." + i,
          Objects.requireNonNull(stages.get("hidden." + i)).toArray(),
          expected.floats("decoder.hidden." + i),
          TOLERANCE);
    }
    assertClose(
        "cross_attention.0",
        Objects.requireNonNull(stages.get("h.0.crossattention.probabilities")).toArray(),
        expected.floats("cross_attention.0"),
        TOLERANCE);
    assertClose("logits", gpt2.logits(hidden).toArray(), expected.floats("logits"), TOLERANCE);
    assertLoss(gpt2, states, backend, expected);
  }

  /// The decoder reads the labels one place to the right, and the end token where nothing is to be
  /// learned.
  private static void assertLoss(
      Gpt2 gpt2, Tensor states, Backend backend, SafetensorsFile expected) {
    int[] labels = ints(expected.longs("labels"));
    int end = gpt2.config().vocabulary() - 1;
    int[] shifted =
        IntStream.range(0, labels.length)
            .map(i -> i == 0 || labels[i - 1] == Tensor.IGNORED ? end : labels[i - 1])
            .toArray();
    Tensor rows = gpt2.embed(backend, shifted).plus(gpt2.positions(backend, 0, labels.length));
    Tensor hidden =
        gpt2.forward(
            rows.reshape(1, labels.length, -1), Pass.PLAIN.lookingAt(gpt2.remember(states)));
    assertThat(gpt2.loss(hidden, labels).toArray()[0])
        .isCloseTo(expected.floats("loss")[0], within((float) TOLERANCE));
  }

  private static int[] ints(long[] numbers) {
    return Arrays.stream(numbers).mapToInt(Math::toIntExact).toArray();
  }

  @ParameterizedTest
  @CsvSource({"equal, reference", "equal, cpu", "proj, reference", "proj, cpu"})
  void captionsAPhotoAsTheReferenceGenerates(String model, String device) throws IOException {
    Path bundle = bundle(model);
    JsonObject expected = Json.readObject(resource(model, "expected.json"));
    long end = expected.integer("eos_token_id", 0, 1 << 20);
    try (Captioner captioner =
            Captioner.open(bundle, CaptionerOptions.defaults().withDevice(device));
        SafetensorsFile golden = SafetensorsFile.open(resource(model, "expected.safetensors"))) {
      for (JsonObject run : expected.objects("generate")) {
        List<Caption> captions =
            captioner.candidates(photo(model), CaptionRequest.of(decoding(run.object("options"))));
        List<?> sequences = run.list("sequences");
        assertThat(captions).hasSameSizeAs(sequences);
        for (int i = 0; i < captions.size(); i++) {
          assertThat(captions.get(i).tokens()).isEqualTo(unpadded((List<?>) sequences.get(i), end));
          if (run.get("sequences_scores") instanceof List<?> scores) {
            assertThat(captions.get(i).score())
                .isCloseTo(((Number) scores.get(i)).doubleValue(), within(1e-4));
          }
        }
      }
      assertStepLogits(captioner, photo(model), golden);
    }
  }

  private static void assertStepLogits(Captioner captioner, Image photo, SafetensorsFile golden) {
    Map<String, Tensor> stages = new HashMap<>();
    captioner.caption(photo, Probe.into(stages::put));
    long[] ids = golden.longs("greedy.top5_ids");
    float[] logits = golden.floats("greedy.top5_logits");
    for (int at = 0; at < ids.length; at++) {
      Tensor step = Objects.requireNonNull(stages.get("steps." + at / 5 + ".logits"));
      assertThat(step.toArray()[(int) ids[at]])
          .as("step %d, token %d", at / 5, ids[at])
          .isCloseTo(logits[at], within((float) TOLERANCE));
    }
  }

  /// Options of the golden run, whose lengths count the begin token.
  private static Decoding decoding(JsonObject options) {
    int most = options.integer("max_length", 1, 100) - 1;
    int beams = options.integer("num_beams", 1, 100);
    if (beams == 1) {
      return Decoding.greedy(most);
    }
    EarlyStopping stopping =
        options.bool("early_stopping", false) ? EarlyStopping.AT_ONCE : EarlyStopping.WHEN_UNLIKELY;
    double penalty = options.number("length_penalty", 1);
    return Decoding.of(new Beam(beams, penalty, stopping, LengthRule.WITH_PROMPT), most)
        .withCandidates(options.integer("num_return_sequences", 1, 100));
  }

  /// Without the begin token, and with one end token at most.
  private static List<Integer> unpadded(List<?> sequence, long end) {
    List<Integer> tokens = new ArrayList<>();
    for (Object token : sequence.subList(1, sequence.size())) {
      tokens.add(Math.toIntExact((Long) token));
      if (token.equals(end)) {
        break;
      }
    }
    return tokens;
  }

  @ParameterizedTest
  @ValueSource(strings = {"equal", "proj"})
  void writesTheSameAboutPhotosTogetherAsAboutEachAlone(String model) throws IOException {
    Path bundle = bundle(model);
    List<Image> photos = new ArrayList<>();
    try (Stream<Path> files = Files.list(Models.resource("photos"))) {
      for (Path file :
          files.filter(f -> f.toString().endsWith(".jpg")).sorted().limit(4).toList()) {
        BufferedImage decoded = ImageIO.read(file.toFile());
        byte[] rgb = new byte[3 * decoded.getWidth() * decoded.getHeight()];
        int[] samples =
            decoded
                .getRaster()
                .getPixels(0, 0, decoded.getWidth(), decoded.getHeight(), (int[]) null);
        for (int i = 0; i < rgb.length; i++) {
          rgb[i] = (byte) samples[i];
        }
        photos.add(new Image(decoded.getWidth(), decoded.getHeight(), rgb));
      }
    }
    try (Captioner captioner =
        Captioner.open(bundle, CaptionerOptions.defaults().withDevice("cpu"))) {
      CaptionRequest beams = CaptionRequest.of(Decoding.of(Beam.of(3), 20).withCandidates(3));
      List<Caption> alone = photos.stream().map(captioner::caption).toList();
      assertThat(captioner.captions(photos)).isEqualTo(alone);
      List<List<Caption>> beamsAlone =
          photos.stream().map(photo -> captioner.candidates(photo, beams)).toList();
      assertThat(
              captioner.candidatesPrepared(photos.stream().map(captioner::prepare).toList(), beams))
          .isEqualTo(beamsAlone);
    }
  }
}
