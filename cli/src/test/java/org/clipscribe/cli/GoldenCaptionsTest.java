package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the whole is for: the original's checkpoint and a photo in, exactly the original's tokens
/// and caption out, through nothing but the command line.
class GoldenCaptionsTest {
  private static final Path PHOTOS = Path.of("../examples/photos");
  private static final Path GOLDEN =
      Path.of("../captioner/src/test/resources/net-tiny/expected.json");
  private static final Path TRAINER =
      Path.of("../weights-convert/src/test/resources/net-nano/trainer.pt");

  /// A photo of the golden data as Pillow decoded it: lossless, so no JPEG decoder is involved.
  private static final Path DECODED =
      Path.of("../media/src/test/resources/preprocess/inputs/000000229358.decoded.png");

  @TempDir Path folder;
  private final Session session = new Session();

  @BeforeEach
  void shipAVocabulary() {
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
  }

  @ParameterizedTest
  @CsvSource({"original, reference", "original, cpu", "clean, reference", "clean, cpu"})
  void captionsTheGoldenPhotosAsTheOriginalDoes(String rule, String device) {
    String bundle = convert(Path.of("../examples/tiny-original/model.pt"), "--rule", rule);
    for (JsonObject photo : Json.readObject(GOLDEN).objects("photos")) {
      JsonObject found = caption(bundle, PHOTOS.resolve(photo.string("file")), "--device", device);
      boolean original = rule.equals("original");
      JsonObject expected = photo.object(original ? "upstream" : "clean");
      assertThat(found.list("tokens")).isEqualTo(expected.list("tokens"));
      assertThat(found.string("caption"))
          .isEqualTo(
              original
                  ? expected.string("caption")
                  // Plain decoding keeps the space before the first word; a caption does not.
                  : expected.string("text_without_eos").strip());
    }
  }

  @Test
  void captionsWithATrainersFile() {
    JsonObject found = caption(convert(TRAINER), DECODED);
    // fixtures/net-nano/expected.json
    assertThat(found.list("tokens"))
        .isEqualTo(List.of(19855L, 42261L, 19855L, 38559L, 24890L, 24890L, 24890L, 24890L));
    assertThat(found.string("caption"))
        .isEqualTo("Aggressively chanted aggressively LIC INFO INFO INFO");
  }

  private String convert(Path checkpoint, String... more) {
    String bundle = folder.resolve("bundle").toString();
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("convert", checkpoint.toString(), "--to", bundle));
    arguments.addAll(List.of(more));
    Outcome outcome = session.run(arguments.toArray(String[]::new));
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return bundle;
  }

  private JsonObject caption(String bundle, Path picture, String... more) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("caption", picture.toString(), "--model", bundle, "--json"));
    arguments.addAll(List.of(more));
    Outcome outcome = session.run(arguments.toArray(String[]::new));
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }
}
