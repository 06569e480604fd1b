package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The model that comes along: used where no other is named, with one line that says so, and
/// silently where it is named. How good its captions are is measured, not tested: see
/// `docs/embedded-model.md`.
class EmbeddedModelTest {
  private static final Path SCENES = Path.of("../examples/scenes");
  private static final Path ALBUM = Path.of("../examples/album");
  private static final Path FILM = Path.of("../examples/scenes.mp4");
  private static final String NOTE =
      "note: no model was named, so this is the small one that comes along: it knows drawings of"
          + " some 128 things, not photos; --model names another\n";

  @TempDir Path folder;
  private final Session session = new Session();

  private Outcome run(String... arguments) {
    return session.run(arguments);
  }

  private static JsonObject json(Outcome outcome) {
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  @Test
  void captionsAScenesWithoutAModelAndSaysSoOnce() {
    Outcome outcome = run("caption", SCENES.resolve("01.png").toString(), SCENES + "/02.png");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(2).allMatch(line -> line.matches(".*png\t.*\\w.*"));
    assertThat(outcome.err()).isEqualTo(NOTE);
  }

  @ParameterizedTest
  @CsvSource({"--quiet", "--model embedded", "--quiet --model embedded"})
  void isSilentWhereItIsAskedFor(String options) {
    List<String> arguments = new ArrayList<>(List.of("caption", SCENES + "/01.png"));
    arguments.addAll(List.of(options.split(" ")));
    Outcome outcome = run(arguments.toArray(String[]::new));

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(1);
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void writesNothingButJsonToStdout() {
    Outcome outcome = run("caption", "--json", SCENES + "/01.png");

    assertThat(json(outcome).object("model").string("name")).isEqualTo("embedded");
    assertThat(json(outcome).object("model").string("digest")).matches("[0-9a-f]{64}");
    assertThat(outcome.err()).isEqualTo(NOTE);
  }

  @Test
  void leavesNoFilesBehind() throws IOException {
    Path picture = Files.copy(SCENES.resolve("01.png"), folder.resolve("01.png"));
    session.environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    run("caption", picture.toString());

    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(picture);
    }
  }

  @Test
  void choosesAmongLabels() {
    Outcome outcome =
        run("classify", SCENES + "/01.png", "--labels", "horse,banana,train", "--json");

    assertThat(outcome.status()).isZero();
    assertThat(json(outcome).objects("labels")).hasSize(3);
    assertThat(outcome.err()).isEqualTo(NOTE);
  }

  @Test
  void findsPictures() throws IOException {
    for (String name : List.of("01.png", "02.png", "03.png")) {
      Files.copy(ALBUM.resolve(name), folder.resolve(name));
    }
    Outcome outcome = run("search", folder.toString(), "a picture of three dice", "--top", "2");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(2);
    assertThat(outcome.err()).isEqualTo(NOTE);
  }

  @Test
  void embedsTextsAndPictures() {
    Outcome text = run("embed", "--text", "a horse on a white background");
    Outcome picture = run("embed", SCENES + "/01.png");

    assertThat(json(text).list("embedding")).hasSameSizeAs(json(picture).list("embedding"));
    assertThat(text.err()).isEqualTo(NOTE);
  }

  @Test
  void goesOnWithATextAndWithAPrompt() {
    Outcome text = run("generate", "a picture of", "--json");
    Outcome caption = run("caption", SCENES + "/01.png", "--prompt", "a picture of");

    assertThat(text.status()).isZero();
    assertThat(json(text).string("text")).isNotBlank();
    assertThat(text.err()).isEqualTo(NOTE);
    assertThat(caption.out()).startsWith("a picture of");
  }

  @Test
  void captionsTheShotsOfAFilm() throws IOException {
    Path film = Files.copy(FILM, folder.resolve("scenes.mp4"));
    Outcome outcome = run("video", film.toString(), "--scenes", "--no-ffmpeg");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(6); // its shots
    assertThat(outcome.err()).startsWith(NOTE).containsOnlyOnce("no model was named");
  }

  @Test
  void isMeasuredAsAnyOther() {
    Outcome outcome = run("evaluate", "--data", SCENES.toString(), "--json");

    assertThat(outcome.status()).as(outcome.err()).isZero();
    assertThat(outcome.err()).containsOnlyOnce("no model was named");
    assertThat(outcome.out()).contains("CLIPScore");
  }

  @Test
  void saysWhatItIs() {
    Outcome outcome = run("doctor", "embedded", "--json");

    assertThat(outcome.status()).isZero();
    assertThat(json(outcome).integer("parameters", 1_000_000, 4_000_000)).isPositive();
  }

  @Test
  void cannotBeTrainedFromAsItIsNoFolder() {
    Outcome outcome =
        run("train", "--data", "x", "--model", "embedded", "--out", folder.toString());
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.errorLines()).hasSize(1);
  }
}
