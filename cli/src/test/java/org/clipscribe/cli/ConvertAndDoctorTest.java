package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertAndDoctorTest {
  private static final String MODEL = "../examples/tiny-original/model.pt";

  @TempDir Path folder;
  private final Session session = new Session();

  @BeforeEach
  void shipAVocabulary() {
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
  }

  private static JsonObject parse(Outcome outcome) {
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  @Test
  void makesABundleAndSaysWhatToDoWithIt() {
    Path bundle = folder.resolve("new/bundle");

    Outcome outcome = session.run("convert", MODEL, "--to", bundle.toString());
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out()).startsWith(bundle + ": clip-gpt-captioning, ").endsWith(" MB\n");
    assertThat(outcome.errorLines().getLast())
        .isEqualTo("next: clipscribe caption --model " + bundle + " photo.jpg");
    assertThat(bundle.toFile().list())
        .containsExactlyInAnyOrder(
            "config.json",
            "model.safetensors",
            "vocab.json",
            "merges.txt",
            "preprocessor_config.json",
            "manifest.json");
  }

  @Test
  void reportsAsJson() {
    Path bundle = folder.resolve("bundle");

    JsonObject report =
        parse(
            session.run(
                "convert",
                MODEL,
                "--to",
                bundle.toString(),
                "--json",
                "--rule",
                "CLEAN",
                "--precision",
                "bf16"));
    assertThat(report.string("bundle")).isEqualTo(bundle.toString());
    assertThat(report.string("rule")).isEqualTo("clean");
    assertThat(report.integer("bytes", 1, Integer.MAX_VALUE))
        .isEqualTo(2 * report.integer("parameters", 1, Integer.MAX_VALUE));
  }

  @Test
  void saysNothingMoreThanAskedWhenQuiet() {
    assertThat(
            session.run("-q", "convert", MODEL, "--to", folder.resolve("bundle").toString()).err())
        .isEmpty();
  }

  @Test
  void replacesABundleOnlyByForce() {
    String bundle = folder.resolve("bundle").toString();
    session.run("convert", MODEL, "--to", bundle);

    Outcome again = session.run("convert", MODEL, "--to", bundle);
    assertThat(again.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(again.err()).startsWith("error: " + bundle + ": ").contains("--force");
    assertThat(session.run("convert", MODEL, "--to", bundle, "--force").status()).isZero();
  }

  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Path junk = Files.writeString(folder.resolve("junk.pt"), "no checkpoint");

    Outcome outcome =
        session.run("convert", junk.toString(), "--to", folder.resolve("bundle").toString());
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines()).singleElement().asString().startsWith("error: " + junk + ": ");
    assertThat(folder.toFile().list()).containsExactly("junk.pt");
  }

  @Test
  void asksForAVocabularyWhenThereIsNone() {
    session.environment.clear();

    Outcome outcome = session.run("convert", MODEL, "--to", folder.resolve("bundle").toString());
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.err()).contains("--tokenizer DIR");
  }

  @Test
  void takesEitherASourceOrRandomWeights() {
    String target = folder.resolve("bundle").toString();
    Outcome both = session.run("convert", MODEL, "--random", "S", "--to", target);
    assertThat(both.status()).isEqualTo(2);
    assertThat(both.errorLines().getFirst()).contains("--random makes weights of its own");
    Outcome neither = session.run("convert", "--to", target);
    assertThat(neither.status()).isEqualTo(2);
    assertThat(neither.errorLines().getFirst()).contains("name a SOURCE");
    assertThat(folder.resolve("bundle")).doesNotExist();
  }

  @Test
  void namesWhatIsMissingFromTheCommandLine() {
    assertThat(session.run("convert", MODEL).errorLines().getFirst())
        .isEqualTo("error: missing required option: '--to=DIR'");
    assertThat(session.run("doctor").errorLines().getFirst())
        .isEqualTo("error: missing required parameter: 'FILE|DIR'");
  }

  @Test
  void examinesACheckpoint() {
    Outcome outcome = session.run("doctor", MODEL);

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out()).startsWith(MODEL + ": clip-gpt-captioning").contains("next");
    JsonObject json = parse(session.run("doctor", "--json", MODEL));
    assertThat(json.string("file")).isEqualTo(MODEL);
    assertThat(json.bool("usable", false)).isTrue();
  }

  @Test
  void refusesWhatIsNoCheckpointInOneLine() throws IOException {
    Path junk = Files.writeString(folder.resolve("junk.pt"), "no checkpoint");

    Outcome outcome = session.run("doctor", junk.toString());
    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines()).singleElement().asString().startsWith("error: " + junk + ": ");
  }
}
