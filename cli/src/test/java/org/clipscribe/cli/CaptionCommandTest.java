package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.clip.Image;
import org.clipscribe.media.ImageFileReader;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole way from arguments to output, with the example model, whose captions PyTorch gave.
class CaptionCommandTest {
  private static final Path GULL = Path.of("../examples/photos/000000126107.jpg");
  private static final String GULL_CAPTION = "Covert block Laborcast";
  private static final Path OTHER = Path.of("../examples/photos/000000165518.jpg");
  private static final String OTHER_CAPTION =
      "Metroid twe Ern GOTUMEaponapon GOTclairclairclairclairclairclairclairclairclairclairclair";

  @TempDir static Path shared;
  private static Path bundle;

  @TempDir Path folder;
  private final Session session = new Session();

  @BeforeAll
  static void convert() {
    bundle = shared.resolve("tiny");
    Session session = new Session();
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    assertThat(
            session.run("convert", "../examples/tiny-original/model.pt", "--to", bundle.toString()))
        .extracting(Outcome::status)
        .isEqualTo(0);
  }

  @BeforeEach
  void nameTheModel() {
    session.environment.put(ModelLocator.VARIABLE, bundle.toString());
  }

  private Outcome caption(Object... arguments) {
    return session.run(
        Stream.concat(Stream.of("caption"), Stream.of(arguments).map(Object::toString))
            .toArray(String[]::new));
  }

  private Path copy(Path picture, String name) throws IOException {
    Path copy = folder.resolve(name);
    Files.createDirectories(copy.resolveSibling(""));
    return Files.copy(picture, copy);
  }

  private Path junk(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "no picture");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<?> array(Outcome outcome) {
    return (List<?>) Objects.requireNonNull(Json.parse(utf8(outcome.out()), "stdout"));
  }

  private static JsonObject parse(String json) {
    return Json.parseObject(utf8(json), "stdout");
  }

  @Test
  void printsNothingButTheCaptionOfOnePicture() {
    assertThat(caption(GULL)).isEqualTo(new Outcome(0, GULL_CAPTION + "\n", ""));
  }

  @Test
  void printsFileAndCaptionOfSeveralPicturesInTheirOrder() {
    assertThat(caption(OTHER, GULL).out())
        .isEqualTo(OTHER + "\t" + OTHER_CAPTION + "\n" + GULL + "\t" + GULL_CAPTION + "\n");
  }

  @Test
  void printsTheFileOfAFoldersOnlyPictureToo() throws IOException {
    copy(GULL, "gull.jpg");

    assertThat(caption(folder).out()).isEqualTo(folder + "/gull.jpg\t" + GULL_CAPTION + "\n");
  }

  @Test
  void readsAPictureFromStandardInput() throws IOException {
    session.input = Files.readAllBytes(GULL);

    assertThat(caption("-")).isEqualTo(new Outcome(0, GULL_CAPTION + "\n", ""));
    assertThat(parse(caption("--json", "-").out()).string("file")).isEqualTo("-");
  }

  @Test
  void saysWhatIsWrongWithStandardInput() {
    assertThat(caption("-"))
        .isEqualTo(
            new Outcome(
                ExitStatus.BAD_INPUT,
                "",
                "error: standard input: unsupported or not an image: the file is empty\n"));
  }

  @Test
  void describesOneResultAsAJsonObject() {
    Outcome outcome = caption("--json", GULL);

    JsonObject result = parse(outcome.out());
    assertThat(result.names()).containsExactly("file", "caption", "tokens", "score", "model", "ms");
    assertThat(result.string("file")).isEqualTo(GULL.toString());
    assertThat(result.string("caption")).isEqualTo(GULL_CAPTION);
    assertThat(result.list("tokens")).isEqualTo(List.of(22624L, 2512L, 7882L, 2701L, 50256L));
    assertThat(result.number("score")).isNegative();
    assertThat(result.object("model").string("name")).isEqualTo("tiny");
    assertThat(result.object("model").string("digest")).matches("[0-9a-f]{64}");
    assertThat(result.integer("ms", 0, Integer.MAX_VALUE)).isNotNegative();
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void describesSeveralResultsAsOneArrayOrAsLines() {
    assertThat(array(caption("--json", GULL, OTHER)))
        .extracting(result -> String.valueOf(((Map<?, ?>) result).get("caption")))
        .containsExactly(GULL_CAPTION, OTHER_CAPTION);

    assertThat(caption("--jsonl", GULL, OTHER).out().lines())
        .extracting(line -> parse(line).string("caption"))
        .containsExactly(GULL_CAPTION, OTHER_CAPTION);
    assertThat(caption("--jsonl", GULL).out().lines()).hasSize(1);
  }

  @Test
  void captionsAllGoodPicturesOfAFolderWithABadOne() throws IOException {
    for (int i = 0; i < 19; i++) {
      copy(GULL, "gull%02d.jpg".formatted(i));
    }
    Path bad = junk("gull07a.jpg");

    Outcome outcome = caption(folder);
    assertThat(outcome.status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(outcome.out().lines())
        .hasSize(19)
        .allMatch(line -> line.endsWith("\t" + GULL_CAPTION));
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("error: " + bad + ": unsupported or not an image");
  }

  /// More than are captioned together, bad ones at the edges of batches, and an order that two
  /// different captions give away.
  @Test
  void keepsTheOrderOfManyPicturesWithBadOnesAmongThem() throws IOException {
    List<String> expected = new ArrayList<>();
    int bad = 0;
    for (int i = 0; i < 2 * Captioner.BATCH + 3; i++) {
      String name = "p%02d.jpg".formatted(i);
      if (i % Captioner.BATCH == 0) {
        junk(name);
        bad++;
      } else {
        copy(i % 3 == 0 ? OTHER : GULL, name);
        expected.add(folder + "/" + name + "\t" + (i % 3 == 0 ? OTHER_CAPTION : GULL_CAPTION));
      }
    }

    Outcome outcome = caption(folder);
    assertThat(outcome.status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(outcome.out().lines().toList()).isEqualTo(expected);
    assertThat(outcome.errorLines()).hasSize(bad);
  }

  @Test
  void givesAPictureTheSameScoreAmongOthersAsAlone() {
    Object alone = parse(caption("--json", GULL).out()).get("score");

    assertThat(array(caption("--json", OTHER, GULL, OTHER)))
        .extracting(result -> ((Map<?, ?>) result).get("score"))
        .element(1)
        .isEqualTo(alone);
  }

  @Test
  void savesEachOfManyPicturesWithItsOwnCaption() throws IOException {
    Path in = folder.resolve("in");
    for (int i = 0; i <= Captioner.BATCH; i++) {
      copy(i % 2 == 0 ? OTHER : GULL, "in/%02d.jpg".formatted(i));
    }
    Path out = folder.resolve("out");

    assertThat(caption("--overlay", out, "--sidecar", "txt", in).status()).isZero();
    for (int i = 0; i <= Captioner.BATCH; i++) {
      String name = "%02d".formatted(i);
      assertThat(in.resolve(name + ".txt")).hasContent(i % 2 == 0 ? OTHER_CAPTION : GULL_CAPTION);
      byte[] first = Files.readAllBytes(out.resolve("%02d-Rcustom.jpg".formatted(i % 2)));
      assertThat(out.resolve(name + "-Rcustom.jpg")).hasBinaryContent(first);
    }
  }

  @Test
  void keepsErrorsOutOfTheJson() throws IOException {
    copy(GULL, "b.jpg");
    junk("a.jpg");
    junk("c.jpg");

    Outcome json = caption("--json", folder);
    assertThat(array(json)).hasSize(1);
    assertThat(json.errorLines()).hasSize(2);
  }

  @Test
  void endsWithTheStatusOfTheOnlyInput() throws IOException {
    assertThat(caption(junk("a.jpg")).status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(caption(folder + "/none.jpg").status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(caption(junk("b.jpg"), folder + "/none.jpg").status())
        .isEqualTo(ExitStatus.SOME_FAILED);
  }

  @Test
  void printsAnEmptyArrayWhenNothingOfSeveralWorked() throws IOException {
    assertThat(caption("--json", junk("a.jpg"), junk("b.jpg")).out()).isEqualTo("[]\n");
    assertThat(caption("--json", junk("c.jpg")).out()).isEmpty();
  }

  @Test
  void showsStackTracesOnlyWithDebug() throws IOException {
    Path bad = junk("a.jpg");

    assertThat(caption(bad).err()).doesNotContain("\tat ");
    assertThat(caption("--debug", bad).err()).contains("\tat org.clipscribe.media");
  }

  @Test
  void turnsPicturesUprightUnlessAskedNotTo() throws IOException {
    Path turned = folder.resolve("turned.jpg");
    Files.write(turned, withOrientation(Files.readAllBytes(GULL), 3));

    assertThat(caption("--no-upright", turned).out()).isEqualTo(GULL_CAPTION + "\n");
    assertThat(caption(turned).out()).isNotEqualTo(GULL_CAPTION + "\n");
  }

  /// The same JPEG with an EXIF segment that says how it has to be turned.
  private static byte[] withOrientation(byte[] jpeg, int orientation) {
    byte[] exif =
        ("\u00ff\u00e1\0\"Exif\0\0" // APP1, 34 bytes
                + "MM\0*\0\0\0\b" // big-endian, the directory follows
                + "\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0"
                + (char) orientation
                + "\0\0" // one entry: orientation, a short
                + "\0\0\0\0")
            .getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(jpeg.length + exif.length)
        .put(jpeg, 0, 2)
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  @Test
  void usesADamagedPictureOnlyWhenAllowed() throws IOException {
    byte[] whole = Files.readAllBytes(GULL);
    Path half = folder.resolve("half.jpg");
    Files.write(half, Arrays.copyOf(whole, whole.length / 2));

    assertThat(caption(half).status()).isEqualTo(ExitStatus.BAD_INPUT);
    Outcome allowed = caption("--allow-damaged", half);
    assertThat(allowed.status()).isZero();
    assertThat(allowed.out()).isNotBlank();
    assertThat(allowed.err()).startsWith("warning: " + half + ": damaged JPEG");
    assertThat(caption("--allow-damaged", "--quiet", half).err()).isEmpty();
  }

  @Test
  void refusesPicturesAboveTheLimit() {
    assertThat(caption("--max-pixels", 1000, GULL).err())
        .startsWith("error: " + GULL + ": is too large: 640 x ");
  }

  @Test
  void savesThePictureWithItsCaption() throws IOException {
    Path out = folder.resolve("new/out");
    Path picture = copy(GULL, "gull.x.jpg");

    assertThat(caption("--overlay", out, picture).out()).isEqualTo(GULL_CAPTION + "\n");
    Path saved = out.resolve("gull.x-Rcustom.jpg");
    assertThat(new ImageFileReader().read(saved).image().height())
        .isGreaterThan(new ImageFileReader().read(GULL).image().height());
    assertThat(out.toFile().list()).containsExactly("gull.x-Rcustom.jpg");
  }

  @Test
  void putsTheCaptionOverThePictureWhenAsked() throws IOException {
    Path out = folder.resolve("over");
    assertThat(caption("--overlay", out, "--placement", "over", GULL).status()).isZero();
    Image saved = new ImageFileReader().read(out.resolve("000000126107-Rcustom.jpg")).image();
    Image plain = new ImageFileReader().read(GULL).image();
    assertThat(saved.height()).isEqualTo(plain.height());
    assertThat(saved.rgb()).isNotEqualTo(plain.rgb());
  }

  @Test
  void keepsTheFoldersOfFoldersApart() throws IOException {
    copy(GULL, "in/1.jpg");
    copy(GULL, "in/sub/1.jpg");
    Path out = folder.resolve("out");

    assertThat(caption("--overlay", out, "-r", folder.resolve("in")).status()).isZero();
    assertThat(out.resolve("1-Rcustom.jpg")).exists();
    assertThat(out.resolve("sub/1-Rcustom.jpg")).exists();
  }

  @Test
  void refusesToWriteTwoPicturesToOneFile() throws IOException {
    Path first = copy(GULL, "a/1.jpg");
    Path second = copy(GULL, "b/1.jpg");
    Path out = folder.resolve("out");

    Outcome outcome = caption("--overlay", out, first, second);
    assertThat(outcome.status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(outcome.out().lines()).hasSize(1);
    assertThat(outcome.err())
        .isEqualTo(
            "error: %s: %s/1-Rcustom.jpg would be written for %s too; caption them in two runs\n"
                .formatted(second, out, first));
  }

  @Test
  void writesSidecars() throws IOException {
    Path picture = copy(GULL, "gull.jpg");

    assertThat(caption("--sidecar", "txt", picture).status()).isZero();
    assertThat(folder.resolve("gull.txt")).hasContent(GULL_CAPTION);
    Outcome json = caption("--sidecar", "json", "--jsonl", picture);
    assertThat(folder.resolve("gull.json")).hasContent(json.out());
  }

  @Test
  void skipsWhatIsDone() throws IOException {
    copy(GULL, "a.jpg");
    copy(OTHER, "b.jpg");
    Files.writeString(folder.resolve("a.txt"), "done before");

    Outcome outcome = caption("--sidecar", "txt", "--skip-existing", folder);
    assertThat(outcome.out()).isEqualTo(folder + "/b.jpg\t" + OTHER_CAPTION + "\n");
    assertThat(outcome.err()).isEqualTo("note: 1 skipped, done before\n");
    assertThat(folder.resolve("a.txt")).hasContent("done before");
    assertThat(caption("--sidecar", "txt", "--skip-existing", "--quiet", folder))
        .isEqualTo(new Outcome(0, "", ""));
  }

  @Test
  void reportsWhatCannotBeSavedAndGoesOn() throws IOException {
    Path picture = copy(GULL, "a.jpg");
    Path other = copy(OTHER, "b.jpg");
    Files.createDirectories(folder.resolve("a.txt/full"));

    Outcome outcome = caption("--sidecar", "txt", picture, other);
    assertThat(outcome.status()).isEqualTo(ExitStatus.SOME_FAILED);
    assertThat(outcome.out().lines()).hasSize(2);
    assertThat(outcome.errorLines()).singleElement().asString().contains("a.txt");
    assertThat(folder.resolve("b.txt")).hasContent(OTHER_CAPTION);
    assertThat(folder.toFile().list()).noneMatch(file -> file.endsWith(".part"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "auto"})
  void givesTheSameCaptionOnEveryDevice(String device) {
    assertThat(caption("--device", device, "--threads", 1, GULL, OTHER).out())
        .isEqualTo(GULL + "\t" + GULL_CAPTION + "\n" + OTHER + "\t" + OTHER_CAPTION + "\n");
  }

  /// On this model the formats round too little to change a word.
  @ParameterizedTest
  @ValueSource(strings = {"f32", "bf16", "int8"})
  void keepsPackedWeightsOfEachPrecisionForTheNextRun(String precision) throws IOException {
    Path image = bundle.resolve("packed-panels64-v2-" + precision + ".bin");
    Files.deleteIfExists(image);
    Outcome expected = new Outcome(0, GULL_CAPTION + "\n", "");
    assertThat(caption("--precision", precision, "--no-cache", GULL)).isEqualTo(expected);
    assertThat(image).doesNotExist();
    assertThat(caption("--precision", precision, GULL)).isEqualTo(expected);
    FileTime written = Files.getLastModifiedTime(image);
    assertThat(caption("--precision", precision, GULL)).isEqualTo(expected);
    assertThat(Files.getLastModifiedTime(image)).isEqualTo(written);
  }

  @Test
  void refusesADeviceThatIsNotThere() {
    Outcome outcome = caption("--device", "abacus", GULL);

    assertThat(outcome.status()).isEqualTo(ExitStatus.RESOURCES);
    assertThat(outcome.err()).startsWith("error: device abacus is not known; there are: auto, ");
  }

  @Test
  void tellsOfTemperatureOnce() {
    assertThat(caption("-T", "0.5", GULL).err())
        .isEqualTo("note: temperature has no effect, the likeliest word is always taken\n");
    assertThat(caption("-T", "0", GULL))
        .isEqualTo(
            new Outcome(
                0, GULL_CAPTION + "\n", "warning: temperature 0.0 is not above 0, set to 1\n"));
    assertThat(caption("-T", "1.0", GULL).err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | nothing to caption: name a picture, a folder or -",
        "--json --jsonl x.jpg | --json and --jsonl exclude each other",
        "--skip-existing x.jpg | --skip-existing needs --overlay or --sidecar",
        "--sidecar txt - | --sidecar needs files, standard input has no place beside it",
        "--overlay a -R b x.jpg | --overlay and -R are the same; give one of them",
        "--threads 0 x.jpg | --threads is 0, at least 1",
        "--max-pixels 0 x.jpg | --max-pixels is 0, at least 1",
        "-S M x.jpg | invalid value for option '--size': expected one of [S, L] (case-insensitive)"
            + " but was 'M'",
        "--threads x x.jpg | invalid value for option '--threads': 'x' is not an int"
      })
  void refusesOptionsThatMakeNoSense(String arguments, String message) {
    Outcome outcome =
        caption(arguments.isEmpty() ? new Object[0] : (Object[]) arguments.split(" "));

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines().getFirst()).isEqualTo("error: " + message);
  }

  @Test
  void saysHowToGetAModelWhenTheNamedOneIsNotThere() {
    session.environment.put(ModelLocator.VARIABLE, "no-such-model");

    Outcome outcome = caption(GULL);
    assertThat(outcome.status()).isEqualTo(ExitStatus.NO_MODEL);
    assertThat(outcome.err())
        .isEqualTo(
            "error: no-such-model: no such model (CLIPSCRIBE_MODEL); make a bundle of a checkpoint"
                + " (clipscribe convert model.pt --to DIR) and name it with --model DIR or in"
                + " CLIPSCRIBE_MODEL\n");
    assertThat(caption("--model", folder.resolve("none"), GULL).status())
        .isEqualTo(ExitStatus.NO_MODEL);
    assertThat(caption("--model", folder, GULL).err()).contains("no model is in this folder");
    assertThat(caption("-S", "L", GULL).err()).startsWith("error: weights/large/model.pt: no such");
  }

  @Test
  void saysWhatAnIncompleteBundleLacks() throws IOException {
    copy(bundle.resolve("config.json"), "config.json");

    Outcome outcome = caption("--model", folder, GULL);
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("error: " + folder + ": is not a bundle: it has no ");
  }

  @Test
  void convertsACheckpointOnceAndTakesTheOriginalsOptions() throws IOException {
    Path checkpoint = copy(Path.of("../examples/tiny-original/model.pt"), "weights/tiny/model.pt");
    copy(Path.of("../examples/tiny-original/config.json"), "weights/tiny/config.json");
    Path cache = folder.resolve("cache");
    session.environment.put("XDG_CACHE_HOME", cache.toString());
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    Path out = folder.resolve("out");
    Object[] original = {"-I", GULL, "-S", "s", "-C", checkpoint, "-R", out, "-T", "1.0"};

    Outcome first = caption(original);
    assertThat(first.out()).isEqualTo(GULL_CAPTION + "\n");
    assertThat(first.errorLines().getFirst())
        .startsWith("note: converting " + checkpoint + " once, into " + cache);
    assertThat(out.resolve("000000126107-RS.jpg")).isRegularFile();

    assertThat(caption(original)).isEqualTo(new Outcome(0, GULL_CAPTION + "\n", ""));
    // The cache knows it by its content.
    Path moved = Files.move(checkpoint.resolveSibling(""), folder.resolve("weights/small"));
    assertThat(caption("--model", moved, GULL)).isEqualTo(new Outcome(0, GULL_CAPTION + "\n", ""));
  }
}
