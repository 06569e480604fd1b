package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.captioner.Bundle;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.clip.ClipConfig;
import org.clipscribe.clip.ClipModel;
import org.clipscribe.clip.EncoderConfig;
import org.clipscribe.clip.TextConfig;
import org.clipscribe.clip.VisionConfig;
import org.clipscribe.nn.Initialisation;
import org.clipscribe.nn.SeededTensors;
import org.clipscribe.nn.TensorInfo;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.clipscribe.nn.safetensors.SafetensorsWriter;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Unary;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `embed`, `classify` and `search` with a random CLIP of the example model's width and CLIP's own
/// tokenizer. That the towers compute what they should is tested with the golden data of module
/// `clip`.
class ClipCommandsTest {
  private static final Path GULL = Path.of("../examples/photos/000000126107.jpg");
  private static final Path OTHER = Path.of("../examples/photos/000000165518.jpg");
  private static final Path WORDS = Path.of("../clip/src/test/resources/tokenizer");
  private static final String CHECKPOINT = "../examples/tiny-original/model.pt";

  @TempDir static Path shared;
  private static Path clip;
  private static Path bundle;
  private static Path plainBundle;

  @TempDir Path folder;
  private final Session session = new Session();

  @BeforeAll
  static void prepare() throws IOException {
    clip = Files.createDirectories(shared.resolve("clip"));
    writeClip();
    Session session = new Session();
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    bundle = shared.resolve("bundle");
    plainBundle = shared.resolve("plain");
    assertThat(
            session.run(
                "convert", CHECKPOINT, "--clip", clip.toString(), "--to", bundle.toString()))
        .extracting(Outcome::status)
        .isEqualTo(0);
    assertThat(session.run("convert", CHECKPOINT, "--to", plainBundle.toString()))
        .extracting(Outcome::status)
        .isEqualTo(0);
  }

  private static void writeClip() throws IOException {
    EncoderConfig small = new EncoderConfig(10, 40, 2, 2, Unary.QUICK_GELU, 1e-5f);
    ClipConfig config =
        new ClipConfig(new VisionConfig(small, 224, 32), new TextConfig(small, 49408, 77), 6);
    Files.writeString(clip.resolve(Bundle.CONFIG), Json.write(config.toMap()));
    Files.copy(WORDS.resolve("vocab.json"), clip.resolve(Bundle.VOCABULARY));
    Files.copy(WORDS.resolve("merges.txt"), clip.resolve(Bundle.MERGES));
    try (var backend = Backends.open("reference", 1).backend()) {
      SeededTensors tensors =
          SeededTensors.of(
              backend,
              5,
              Initialisation.normal(0.6f),
              _ -> true,
              source -> ClipModel.of(source, config));
      Map<String, TensorInfo> layout = new LinkedHashMap<>();
      tensors.names().forEach(name -> layout.put(name, tensors.info(name)));
      try (SafetensorsWriter writer =
          new SafetensorsWriter(clip.resolve(Bundle.WEIGHTS), layout, Map.of())) {
        for (String name : layout.keySet()) {
          writer.copy(name, tensors, name);
        }
        writer.commit();
      }
    }
  }

  @BeforeEach
  void nameTheModel() {
    session.environment.put(ModelLocator.VARIABLE, clip.toString());
    session.environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
  }

  private Outcome run(Object... arguments) {
    return session.run(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  private static JsonObject parse(Outcome outcome) {
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return parse(outcome.out());
  }

  private static JsonObject parse(String json) {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8), "stdout");
  }

  private static List<Double> vector(JsonObject row) {
    List<Double> vector = new ArrayList<>();
    row.list("embedding")
        .forEach(x -> vector.add(((Number) Objects.requireNonNull(x)).doubleValue()));
    return vector;
  }

  private static double product(List<Double> a, List<Double> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.get(i) * b.get(i);
    }
    return sum;
  }

  private Path pictures(String... names) throws IOException {
    Path pictures = Files.createDirectories(folder.resolve("pictures"));
    for (int i = 0; i < names.length; i++) {
      Path copy = pictures.resolve(names[i]);
      Files.createDirectories(copy.resolveSibling(""));
      Files.copy(i % 2 == 0 ? GULL : OTHER, copy);
    }
    return pictures;
  }

  // ---- the text tower in bundles

  @Test
  void keepsBothTowersWhenTheSourceHasThem() {
    assertThat(Json.readObject(bundle.resolve(Bundle.CONFIG)).object("clip_text").toMap())
        .containsEntry("projection_dim", 6L)
        .containsEntry("vocab_size", 49408L);
    try (SafetensorsFile weights = SafetensorsFile.open(bundle.resolve(Bundle.WEIGHTS));
        SafetensorsFile source = SafetensorsFile.open(clip.resolve(Bundle.WEIGHTS))) {
      for (String name : source.names()) {
        assertThat(weights.floats("clip." + name)).as(name).isEqualTo(source.floats(name));
      }
    }
    assertThat(run("embed", GULL, "--model", bundle)).isEqualTo(run("embed", GULL));
    assertThat(run("embed", "--text", "a gull", "--model", bundle))
        .isEqualTo(run("embed", "--text", "a gull"));
    assertThat(run("caption", GULL, "--model", bundle).status()).isZero();
    assertThat(run("doctor", bundle).out())
        .contains("CLIP's text encoder")
        .doesNotContain("missing,");
  }

  @Test
  void convertsABundleWithBothTowersAgain() {
    Path again = folder.resolve("again");
    assertThat(run("convert", bundle, "--to", again).status()).isZero();
    assertThat(run("embed", "--text", "a gull", "--model", again))
        .isEqualTo(run("embed", "--text", "a gull"));
  }

  @Test
  void leavesTextOutWhenItsWordsAreNotThere() throws IOException {
    Path wordless = Files.createDirectories(folder.resolve("wordless"));
    for (String file : List.of(Bundle.CONFIG, Bundle.WEIGHTS)) {
      Files.copy(clip.resolve(file), wordless.resolve(file));
    }
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    Path target = folder.resolve("target");

    Outcome outcome = run("convert", CHECKPOINT, "--clip", wordless, "--to", target);

    assertThat(outcome.status()).as(outcome.err()).isZero();
    assertThat(outcome.err() + outcome.out()).contains("CLIP's text encoder is left out");
    assertThat(Json.readObject(target.resolve(Bundle.CONFIG)).has("clip_text")).isFalse();
    assertThat(run("embed", "--text", "a", "--model", wordless).errorLines())
        .singleElement()
        .asString()
        .contains("has no vocab.json and merges.txt of CLIP");
  }

  @ParameterizedTest
  @CsvSource({"embed --text gull", "embed GULL", "classify GULL --labels a", "search PHOTOS gull"})
  void saysHowToGetTheOtherHalf(String command) {
    String line =
        command
            .replace("GULL", GULL.toString())
            .replace("PHOTOS", GULL.resolveSibling("").toString());
    session.environment.put(ModelLocator.VARIABLE, plainBundle.toString());

    Outcome outcome = session.run(line.split(" "));

    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("error: " + plainBundle + ": holds CLIP's image encoder only")
        .contains("--clip DIR");
  }

  // ---- embed

  @Test
  void embedsPicturesAndTextsWithUnitLength() {
    JsonObject picture = parse(run("embed", GULL));
    JsonObject text = parse(run("embed", "--text", "a gull"));

    assertThat(picture.names()).containsExactly("file", "embedding");
    assertThat(text.names()).containsExactly("text", "embedding");
    for (JsonObject row : List.of(picture, text)) {
      assertThat(vector(row)).hasSize(6);
      assertThat(product(vector(row), vector(row))).isCloseTo(1, within(1e-5)); // floats
    }
  }

  @Test
  void writesVectorsInEveryFormat() throws IOException {
    List<Double> gull = vector(parse(run("embed", GULL)));
    List<Double> other = vector(parse(run("embed", OTHER)));

    List<String> lines = run("embed", GULL, OTHER, "--format", "jsonl").out().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(vector(parse(lines.get(1)))).isEqualTo(other);
    List<String> csv = run("embed", GULL, OTHER, "--format", "csv").out().lines().toList();
    assertThat(csv.getFirst()).isEqualTo("input,e0,e1,e2,e3,e4,e5");
    assertThat(csv.get(1)).startsWith(GULL + "," + (float) (double) gull.getFirst());
    Path npy = folder.resolve("v.npy");
    assertThat(run("embed", GULL, OTHER, "--out", npy)).isEqualTo(new Outcome(0, "", ""));
    assertNpy(Files.readAllBytes(npy), gull, other);
    Path json = folder.resolve("v.json");
    assertThat(run("embed", GULL, "--out", json).out()).isEmpty();
    assertThat(vector(parse(Files.readString(json)))).isEqualTo(gull);
    assertThat(run("embed", "--text", "a, \"b\"", "--format", "csv").out())
        .contains("\n\"a, \"\"b\"\"\",");
  }

  private static void assertNpy(byte[] bytes, List<Double> first, List<Double> second) {
    ByteBuffer npy = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(new String(bytes, 1, 5, StandardCharsets.US_ASCII)).isEqualTo("NUMPY");
    int length = npy.getShort(8);
    assertThat((10 + length) % 64).isZero();
    assertThat(new String(bytes, 10, length, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 6), }")
        .endsWith(" \n");
    npy.position(10 + length);
    for (List<Double> row : List.of(first, second)) {
      for (double value : row) {
        assertThat((double) npy.getFloat()).isEqualTo((float) value);
      }
    }
    assertThat(npy.hasRemaining()).isFalse();
  }

  @Test
  void goesOnAfterABadPicture() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.jpg"), "no picture");

    Outcome outcome = run("embed", GULL, bad, OTHER, "--format", "jsonl");
    assertThat(outcome.status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(outcome.out().lines()).hasSize(2);
    assertThat(outcome.errorLines()).singleElement().asString().startsWith("error: " + bad);

    Path npy = folder.resolve("v.npy");
    assertThat(run("embed", GULL, bad, "--out", npy).status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(npy).doesNotExist();
    assertThat(run("embed", bad).status()).isEqualTo(ExitStatus.BAD_INPUT);
  }

  // ---- classify

  @Test
  void choosesAmongLabelsBySoftMaxOfTheLogits() {
    JsonObject result =
        parse(
            run("classify", GULL, "--labels", "gull, bus,cat", "--template", "it is {}", "--json"));
    double scale;
    try (SafetensorsFile weights = SafetensorsFile.open(clip.resolve(Bundle.WEIGHTS))) {
      scale = Math.exp(weights.floats("logit_scale")[0]);
    }
    List<Double> picture = vector(parse(run("embed", GULL)));
    Map<String, Double> expected = new LinkedHashMap<>();
    double sum = 0;
    for (String label : List.of("gull", "bus", "cat")) {
      List<Double> text = vector(parse(run("embed", "--text", "it is " + label)));
      expected.put(label, Math.exp(scale * product(picture, text)));
      sum += Objects.requireNonNull(expected.get(label));
    }
    List<JsonObject> labels = result.objects("labels");
    assertThat(labels).hasSize(3);
    for (JsonObject label : labels) {
      double probability = Objects.requireNonNull(expected.get(label.string("label"))) / sum;
      assertThat(label.number("probability")).isCloseTo(probability, within(1e-6));
    }
    assertThat(labels.stream().map(label -> label.number("probability")))
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(result.string("label")).isEqualTo(labels.getFirst().string("label"));
  }

  @Test
  void printsProbabilitiesOfOneAndOfSeveralPictures() {
    assertThat(run("classify", GULL, "--labels", "gull,bus").out().lines())
        .hasSize(2)
        .allMatch(line -> line.matches("0\\.\\d{4}\t(gull|bus)"));
    assertThat(run("classify", GULL, OTHER, "--labels", "gull,bus", "--top", "1").out().lines())
        .hasSize(2)
        .allMatch(line -> line.matches("\\.\\./examples/.*\\.jpg\t0\\.\\d{4}\t(gull|bus)"));
    assertThat(
            (List<?>)
                Objects.requireNonNull(
                    Json.parse(
                        run("classify", GULL, OTHER, "--labels", "a", "--json")
                            .out()
                            .getBytes(StandardCharsets.UTF_8),
                        "stdout")))
        .hasSize(2);
  }

  // ---- search

  @Test
  void ranksPicturesByTheirScalarProductWithTheQuery() throws IOException {
    Path pictures = pictures("a.jpg", "b.jpg");
    List<Double> query = vector(parse(run("embed", "--text", "a red bus")));

    List<JsonObject> results =
        parse(run("search", pictures, "a red bus", "--json")).objects("results");

    assertThat(results).hasSize(2);
    for (JsonObject hit : results) {
      List<Double> picture = vector(parse(run("embed", hit.string("file"))));
      assertThat(hit.number("score")).isCloseTo(product(picture, query), within(1e-6));
    }
    assertThat(results.get(0).number("score")).isGreaterThan(results.get(1).number("score"));
    assertThat(run("search", pictures, "a red bus", "--top", "1").out())
        .matches("-?\\d\\.\\d{4}\t" + results.getFirst().string("file") + "\n");
  }

  @Test
  void looksAtEachPictureOnce() throws IOException {
    Path pictures = pictures("a.jpg", "b.jpg", "below/c.jpg");
    Path cache = pictures.resolve(EmbeddingCache.NAME);
    Outcome first = run("search", "-r", pictures, "a gull");
    assertThat(first.out().lines()).hasSize(3);
    assertThat(cache).exists();

    // Made unreadable: who looked at it again would say so.
    FileTime time = Files.getLastModifiedTime(pictures.resolve("a.jpg"));
    spoil(pictures.resolve("a.jpg"));
    Files.setLastModifiedTime(pictures.resolve("a.jpg"), time);
    assertThat(run("search", "-r", pictures, "a gull")).isEqualTo(first);

    // Touched but the same: its content is known.
    Files.setLastModifiedTime(pictures.resolve("b.jpg"), FileTime.fromMillis(1_000_000));
    assertThat(run("search", "-r", pictures, "a gull")).isEqualTo(first);

    // Changed: looked at again.
    Files.setLastModifiedTime(pictures.resolve("a.jpg"), FileTime.fromMillis(1_000_000));
    Outcome changed = run("search", "-r", pictures, "a gull");
    assertThat(changed.status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(changed.out().lines()).hasSize(2);

    // Gone: forgotten.
    Files.delete(pictures.resolve("b.jpg"));
    assertThat(run("search", "-r", pictures, "a gull").out().lines()).hasSize(1);
  }

  private static void spoil(Path file) throws IOException {
    Files.write(file, new byte[(int) Files.size(file)]);
  }

  @Test
  void makesADamagedOrForeignCacheAnew() throws IOException {
    Path pictures = pictures("a.jpg", "b.jpg");
    Path cache = pictures.resolve(EmbeddingCache.NAME);
    Outcome first = run("search", pictures, "a gull");
    byte[] whole = Files.readAllBytes(cache);
    for (int length : new int[] {0, 7, 200, whole.length - 1}) {
      Files.write(cache, Arrays.copyOf(whole, length));
      assertThat(run("search", pictures, "a gull")).isEqualTo(first);
      assertThat(Files.readAllBytes(cache)).isEqualTo(whole);
    }
    run("search", pictures, "a gull", "--precision", "bf16");
    assertThat(Files.readAllBytes(cache)).isNotEqualTo(whole);
    assertThat(run("search", pictures, "a gull")).isEqualTo(first);
  }

  @Test
  void keepsNoCacheWhenToldNotTo() throws IOException {
    Path pictures = pictures("a.jpg");
    assertThat(run("search", pictures, "a gull", "--no-cache").status()).isZero();
    assertThat(pictures.resolve(EmbeddingCache.NAME)).doesNotExist();
  }

  // ---- wrong usage

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "embed | 2 | nothing to embed: name pictures, or texts with --text",
        "embed a.jpg --text b | 2 | pictures and --text exclude each other",
        "embed a.jpg --format npy | 2 | --format npy needs --out FILE",
        "embed a.jpg --format xml | 2 | invalid value for option '--format': expected one of",
        "embed no.jpg | 3 | no.jpg: no such file or folder",
        "classify a.jpg | 2 | missing required option: '--labels=A,B,..'",
        "classify a.jpg --labels a,,b | 2 | --labels has an empty label",
        "classify a.jpg --labels a,b,a | 2 | --labels has a label twice",
        "classify a.jpg --labels a --template b | 2 | --template has no {} for the label",
        "classify a.jpg --labels a --top 0 | 2 | --top is 0, at least 1",
        "classify no.jpg --labels a | 3 | no.jpg: no such file or folder",
        "search | 2 | missing required parameters: 'DIR', 'QUERY'",
        "search no/where gull | 3 | no/where: no such folder",
        "search pom.xml gull | 3 | pom.xml: is no folder",
        "search src gull | 3 | src: no pictures in this folder",
        "search src gull --top 0 | 2 | --top is 0, at least 1",
        "embed --text a --model no/where | 4 | no/where: no such model"
      })
  void endsWithAStatusAndALine(String arguments, int status, String message) {
    Outcome outcome = session.run(arguments.split(" "));

    assertThat(outcome.errorLines().getFirst()).startsWith("error: " + message);
    assertThat(outcome.status()).isEqualTo(status);
    assertThat(outcome.out()).isEmpty();
  }
}
