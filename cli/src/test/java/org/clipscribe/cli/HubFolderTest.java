package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ViT with GPT-2 as the Hub has it, named on the command line as it is.
class HubFolderTest {
  private static final Path MODEL =
      Path.of("../weights-convert/src/test/resources/vit-gpt2-tiny/proj");
  private static final String PHOTO = "../examples/photos/000000121647.jpg";
  private static final int TOKENS = 400;

  @TempDir Path folder;
  private final Session session = new Session();
  private String model = "";

  @BeforeEach
  void download() throws IOException {
    session.environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    Path hub = Files.createDirectories(folder.resolve("tiny-vit-gpt2"));
    for (String file :
        List.of(
            "config.json",
            "generation_config.json",
            "preprocessor_config.json",
            "model.safetensors")) {
      Files.copy(MODEL.resolve(file), hub.resolve(file));
    }
    FirstWords.write(hub, TOKENS);
    model = hub.toString();
  }

  private static JsonObject parse(Outcome outcome) {
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  @Test
  void captionsAfterConvertingOnce() {
    Outcome first = session.run("caption", PHOTO, "--model", model);
    assertThat(first.status()).isZero();
    assertThat(first.err()).contains("converting").contains("once");
    // Tokens 21, 383, 260, 274, 383 of the golden run; the last one ends the text.
    assertThat(first.out().strip()).endsWith(text());
    Outcome second = session.run("caption", PHOTO, "--model", model);
    assertThat(second.out()).isEqualTo(first.out());
    assertThat(second.err()).doesNotContain("converting");
  }

  private static String text() {
    return Gpt2Decoder.open(Path.of("../examples/gpt2-tokenizer/vocab.json"))
        .decodeCleaned(21, 383, 260, 274, 383)
        .strip();
  }

  @Test
  void followsBeamsOverSeveralPhotosAtOnce() {
    Outcome outcome =
        session.run(
            "caption",
            PHOTO,
            "../examples/photos/000000126107.jpg",
            "--model",
            model,
            "--beams",
            "4",
            "-n",
            "2",
            "--jsonl");
    assertThat(outcome.status()).isZero();
    assertThat(outcome.out().lines()).hasSize(2).allMatch(line -> line.contains("candidates"));
  }

  @Test
  void examinesAndVerifies() {
    JsonObject found = parse(session.run("doctor", "--json", model));
    assertThat(found.string("model")).isEqualTo("vision-encoder-decoder (ViT and GPT-2)");
    assertThat(found.bool("usable", false)).isTrue();
    Path bundle = folder.resolve("bundle");
    assertThat(session.run("convert", model, "--to", bundle.toString()).status()).isZero();
    assertThat(session.run("verify", bundle.toString()).status()).isZero();
    JsonObject verified = parse(session.run("verify", "--json", bundle.toString()));
    assertThat(verified.bool("passed", false)).isTrue();
    bundle.resolve("merges.txt").toFile().delete();
    Outcome damaged = session.run("verify", bundle.toString());
    assertThat(damaged.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(damaged.out()).contains("failed   merges.txt: is missing");
  }

  @Test
  void saysInOneLineWhatItCannotDo() {
    Outcome generated = session.run("generate", "a dog", "--model", model);
    assertThat(generated.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(generated.errorLines()).singleElement().asString().contains("about pictures only");
    Path bundle = folder.resolve("bundle");
    session.run("convert", model, "--to", bundle.toString());
    Outcome built =
        session.run(
            "dataset",
            "build",
            "../examples/photos",
            "--model",
            bundle.toString(),
            "--out",
            folder.resolve("data").toString());
    assertThat(built.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(built.errorLines().getLast()).contains("has no image embeddings");
  }
}
