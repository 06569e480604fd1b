package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From a name to a caption, with a hub on the loopback.
class PullCommandTest {
  private static final Path MODEL = Path.of("../examples/tiny-original/model.pt");
  private static final String PHOTO = "../examples/photos/000000126107.jpg";

  @TempDir Path home;
  private final Session session = new Session();
  private HubStub hub;
  private byte[] weights;

  @BeforeEach
  void start() throws IOException {
    weights = Files.readAllBytes(MODEL);
    hub = new HubStub("org/tiny");
    hub.files.put("model.pt", weights);
    hub.files.put("config.json", Files.readAllBytes(MODEL.resolveSibling("config.json")));
    session.environment.put("HOME", home.toString());
    session.environment.put("HF_ENDPOINT", hub.address());
    session.environment.put("CLIPSCRIBE_DRIVE", hub.address());
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static JsonObject parse(Outcome outcome) {
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  /// The miniature's heads are not 64 wide as those of real models, so its file alone does not do.
  private void tellTheHeads(String name) throws IOException {
    Files.copy(
        MODEL.resolveSibling("config.json"),
        home.resolve(".cache/clipscribe/models").resolve(name).resolve("config.json"));
  }

  private Path cache() {
    return home.resolve(".cache/huggingface/hub/models--org--tiny");
  }

  private Path bundles() {
    return home.resolve(".cache/clipscribe/bundles-" + BundleConfig.VERSION);
  }

  @Test
  void makesAModelReadyForItsName() {
    Outcome pulled = session.run("pull", "org/tiny");
    assertThat(pulled.status()).isZero();
    assertThat(pulled.out()).matches("org/tiny: .*/clipscribe/bundles-\\d+/\\w+/org-tiny, .* MB\n");
    assertThat(pulled.errorLines().getLast())
        .isEqualTo("next: clipscribe caption --model org/tiny photo.jpg");
    hub.close();

    Outcome caption = session.run("caption", "--model", "org/tiny", "--json", PHOTO);
    assertThat(caption.err()).isEmpty();
    JsonObject json = parse(caption);
    assertThat(json.string("caption"))
        .isEqualTo(session.run("caption", "--model", MODEL.toString(), PHOTO).out().strip());
    assertThat(json.object("model").string("name")).isEqualTo("org-tiny");
  }

  @Test
  void usesAModelThatSomebodyElsePutIntoTheCache() {
    session.run("pull", "--no-convert", "org/tiny");
    hub.close();
    session.environment.put("HF_HUB_OFFLINE", "1");

    Outcome caption = session.run("caption", "--model", "org/tiny", PHOTO);
    assertThat(caption.status()).isZero();
    assertThat(caption.errorLines())
        .singleElement()
        .asString()
        .contains("converting")
        .contains("once");
  }

  @Test
  void takesABundleThatSomebodyPublishedAsItIs() throws IOException {
    Path bundle = home.resolve("bundle");
    session.run("convert", MODEL.toString(), "--to", bundle.toString());
    hub.files.clear();
    for (String file : bundle.toFile().list()) {
      hub.files.put(file, Files.readAllBytes(bundle.resolve(file)));
    }
    Outcome pulled = session.run("pull", "org/tiny");

    assertThat(pulled.out()).startsWith("org/tiny: " + cache().resolve("snapshots"));
    assertThat(pulled.err()).isEqualTo("next: clipscribe caption --model org/tiny photo.jpg\n");
    assertThat(session.run("caption", "--model", "org/tiny", PHOTO).out())
        .isEqualTo(session.run("caption", "--model", bundle.toString(), PHOTO).out());
  }

  @Test
  void reportsAsJson() {
    JsonObject json = parse(session.run("pull", "--json", "org/tiny@main"));

    assertThat(json.string("name")).isEqualTo("org/tiny@main");
    assertThat(json.string("repository")).isEqualTo("org/tiny");
    assertThat(json.string("commit")).isEqualTo(HubStub.COMMIT);
    assertThat(json.get("downloaded")).isEqualTo(json.get("bytes"));
    assertThat(json.objects("files").getLast().string("digest"))
        .isEqualTo("sha256 " + HubStub.sha256(weights));
    assertThat(Path.of(json.string("bundle"), "model.safetensors")).isRegularFile();
    assertThat(Path.of(json.string("path"), "model.pt")).hasBinaryContent(weights);
  }

  @Test
  void isSilentButForItsResultWhenAskedToBe() {
    assertThat(session.run("-q", "pull", "org/tiny").err()).isEmpty();
  }

  @Test
  void namesTheCommandThatFetchesAModelWhichIsNotHere() {
    for (String name : new String[] {"gpt2", "clip-gpt-captioning-s"}) {
      Outcome outcome = session.run("caption", "--model", name, PHOTO);
      assertThat(outcome.status()).isEqualTo(ExitStatus.NO_MODEL);
      assertThat(outcome.errorLines())
          .containsExactly(
              "error: %s: no such model (--model); fetch it: clipscribe pull %s"
                  .formatted(name, name));
    }
    assertThat(session.run("caption", "--model", "org/tiny", PHOTO).err())
        .endsWith("; or fetch it, if it is a repository of the hub: clipscribe pull org/tiny\n");
    assertThat(session.run("caption", "--model", "nothing", PHOTO).err())
        .doesNotContain("clipscribe pull");
    assertThat(hub.requests).as("only pull uses the network").isEmpty();
  }

  @Test
  void hb06EndsWithStatus4OfflineAndNamesTheCommand() {
    session.environment.put("HF_HUB_OFFLINE", "1");

    Outcome outcome = session.run("pull", "org/tiny");
    assertThat(outcome.status()).isEqualTo(ExitStatus.NO_MODEL);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .endsWith("run: clipscribe pull org/tiny");
    assertThat(hub.requests).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a/../../b, is no known model",
    "a b, is no known model",
    "drive:x, is no file: the id is",
    "https://host/x.pt, needs --sha256 HEX",
    "org/tiny@.., is no revision",
    "file:x, is no file of this machine"
  })
  void hb07RefusesWhatNamesNoModel(String name, String message) {
    Outcome outcome = session.run("pull", name);

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.errorLines()).singleElement().asString().contains(message);
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void hb07RefusesFilesAndRevisionsThatLeadElsewhere() {
    assertThat(session.run("pull", "org/tiny", "..\\x").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(session.run("pull", "org/tiny", "../x").status()).isEqualTo(ExitStatus.USAGE);
    assertThat(session.run("pull", "org/tiny", "--revision", "../x").status())
        .isEqualTo(ExitStatus.USAGE);
    assertThat(session.run("pull", "org/tiny", "--revision", "refs/pr/1").status()).isZero();
    assertThat(cache().resolve("refs/refs/pr/1")).hasContent(HubStub.COMMIT);
  }

  @Test
  void endsWithStatus3WhenTheBytesAreNotThoseThatWereNamed() throws IOException {
    Path file = Files.write(home.resolve("x.pt"), weights);

    Outcome outcome = session.run("pull", file.toUri().toString(), "--sha256", "ab".repeat(32));
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .contains("its digest is sha256 " + HubStub.sha256(weights));
    assertThat(home.resolve(".cache/clipscribe/models/x")).doesNotExist();
  }

  @Test
  void takesAFileOfThisMachineUnderANameOfOnesOwn() throws IOException {
    Path file = Files.write(home.resolve("my weights.pt"), weights);
    Outcome pulled =
        session.run(
            "pull", file.toUri().toString(), "--name", "mine", "--sha256", HubStub.sha256(weights));
    assertThat(pulled.err())
        .contains("(clip.num_attention_heads)")
        .endsWith("/mine/my weights.pt'\n")
        .contains("next: clipscribe doctor '/");
    Files.delete(file);
    tellTheHeads("mine");

    assertThat(session.run("caption", "--model", "mine", PHOTO).status()).isZero();
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void fetchesTheOriginalsWeightsFromTheirDrive() throws IOException {
    hub.files.put("uc", weights);

    Outcome pulled = session.run("pull", "clip-gpt-captioning-s");
    assertThat(pulled.status()).isZero();
    assertThat(pulled.err()).contains("sha256 " + HubStub.sha256(weights));
    tellTheHeads("clip-gpt-captioning-s");
    assertThat(session.run("caption", "--model", "clip-gpt-captioning-s", PHOTO).out())
        .isEqualTo(session.run("caption", "--model", MODEL.toString(), PHOTO).out());
    String drive = "drive:1pSQruQyg8KJq6VmzhMLFbT_VaHJMdlWF";
    assertThat(session.run("pull", drive).out()).startsWith("clip-gpt-captioning-s: ");
  }

  /// The encoder here is no checkpoint; that it is named shows that it was taken for the right one.
  @Test
  void looksForTheEyesOfAModelThatComesWithoutAmongThePulledModels() throws IOException {
    Path clipCap = Path.of("../weights-convert/src/test/resources/clipcap-mlp-tiny/model.pt");
    String source = clipCap.toAbsolutePath().normalize().toUri().toString();
    session.run("pull", source, "--name", "clipcap-coco", "--no-convert");
    Path clip =
        home.resolve(".cache/huggingface/hub/models--openai--clip-vit-base-patch32/snapshots")
            .resolve("3d74acf9a28c67741b2f4f2ea7635f0aaf6f0268/pytorch_model.bin");
    Files.createDirectories(clip.getParent());
    Files.writeString(clip, "no checkpoint");

    Outcome outcome = session.run("-q", "caption", "--model", "clipcap-coco", PHOTO);
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.err()).contains(clip.toString());
  }

  @Test
  void saysOfAModelThatCannotCaptionWhatItIs() {
    hub.files.put("model.pt", "no checkpoint at all".getBytes(StandardCharsets.UTF_8));

    Outcome outcome = session.run("pull", "org/tiny");
    assertThat(outcome.status()).isZero();
    assertThat(outcome.err()).contains("note: it captions nothing as it is: ");
    assertThat(outcome.err()).contains("next: clipscribe doctor ");
  }

  @Test
  void saysThatThereIsNoSuchRepository() {
    Outcome outcome = session.run("pull", "org/other");

    assertThat(outcome.status()).isEqualTo(ExitStatus.NO_MODEL);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .contains("org/other@main")
        .contains("HF_TOKEN");
  }

  @Test
  void holdsKnownModelsToTheirKnownDigests() throws IOException {
    hub.close();
    hub = new HubStub("openai-community/gpt2");
    hub.files.put("model.safetensors", new byte[10]);
    session.environment.put("HF_ENDPOINT", hub.address());

    Outcome outcome = session.run("pull", "gpt2");
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.err()).contains("commit");
  }

  @Test
  void listsModels() {
    assertThat(session.run("models").out())
        .contains("clip-gpt-captioning-s")
        .containsPattern("(?m)^gpt2 +-  gpt2 ")
        .doesNotContain("org/tiny");
    session.run("pull", "org/tiny");

    assertThat(session.run("models").out()).containsPattern("(?m)^org/tiny +\\d+\\.\\d MB$");
    JsonObject json = parse(session.run("models", "--json"));
    JsonObject tiny = json.objects("models").getLast();
    assertThat(tiny.string("name")).isEqualTo("org/tiny");
    assertThat(tiny.bool("installed", false)).isTrue();
    assertThat(tiny.string("source")).isEqualTo("org/tiny@" + HubStub.COMMIT);
    JsonObject small = json.objects("models").getFirst();
    assertThat(small.bool("installed", true)).isFalse();
    assertThat(small.string("licence")).isEqualTo("MIT");
  }

  @Test
  void removesAModelWithItsBundle() {
    session.run("pull", "org/tiny");
    assertThat(bundles()).isNotEmptyDirectory();

    Outcome unasked = session.run("rm", "org/tiny");
    assertThat(unasked.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(unasked.err()).contains("1 revision").contains("--yes");
    session.terminal = true;
    session.input = "n\n".getBytes(StandardCharsets.UTF_8);
    assertThat(session.run("rm", "org/tiny").err())
        .contains("[y/N]")
        .contains("nothing was removed");
    assertThat(cache()).isDirectory();
    session.input = "y\n".getBytes(StandardCharsets.UTF_8);
    assertThat(session.run("rm", "org/tiny").status()).isZero();
    assertThat(cache()).doesNotExist();
    assertThat(bundles()).isEmptyDirectory();
    assertThat(session.run("rm", "--yes", "org/tiny").status()).isEqualTo(ExitStatus.NO_MODEL);
  }

  @Test
  void removesASingleFile() throws IOException {
    Path file = Files.write(home.resolve("x.pt"), weights);
    session.run("pull", file.toUri().toString());
    assertThat(session.run("models").out()).containsPattern("(?m)^x ");

    assertThat(session.run("rm", "x", "-y").status()).isZero();
    assertThat(session.run("models").out()).doesNotContainPattern("(?m)^x ");
    assertThat(file).exists();
    assertThat(session.run("rm", "-y", "../x").status()).isEqualTo(ExitStatus.NO_MODEL);
  }

  @Test
  void removesOneRevision() {
    session.run("pull", "--no-convert", "org/tiny");

    assertThat(session.run("rm", "-y", "org/tiny", "--revision", "v2").status())
        .isEqualTo(ExitStatus.NO_MODEL);
    assertThat(session.run("rm", "-y", "org/tiny", "--revision", "main").status()).isZero();
    assertThat(cache()).doesNotExist();
  }

  @Test
  void showsProgressOnATerminalOnly() {
    assertThat(session.run("pull", "--no-convert", "org/tiny").err()).doesNotContain("\r");
    session.run("rm", "-y", "org/tiny");
    session.terminal = true;

    assertThat(session.run("pull", "--no-convert", "org/tiny").err())
        .contains("\r\u001b[K[####################] ")
        .contains("verifying model.pt")
        .endsWith("\r\u001b[K");
  }
}
