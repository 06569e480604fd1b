package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a data set and the example model, or a file of captions, to scores.
class EvaluateCommandTest {
  private static final String PHOTOS = "../examples/photos";

  private static final String DATA =
      """
      {"images": [{"id": 1, "file_name": "000000126107.jpg"}, {"id": 2, "file_name": "000000165518.jpg"},
                  {"id": 3, "file_name": "missing.jpg"}],
       "annotations": [{"id": 1, "image_id": 1, "caption": "A gull flies."},
                       {"id": 2, "image_id": 1, "caption": "a bird over the sea"},
                       {"id": 3, "image_id": 2, "caption": "A man rides a motorcycle."},
                       {"id": 4, "image_id": 3, "caption": "Nothing."}]}
      """;

  @TempDir static Path shared;
  private static Path bundle;

  @TempDir Path folder;
  private final Session session = new Session();
  private Path data;

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
  void writeTheData() throws IOException {
    data = Files.writeString(folder.resolve("captions.json"), DATA);
  }

  private Outcome evaluate(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "evaluate";
    all[1] = "--data";
    all[2] = data.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return session.run(all);
  }

  private Outcome evaluateModel(Path out) {
    return evaluate("--images", PHOTOS, "--model", bundle.toString(), "--out", out.toString());
  }

  @Test
  void scoresAFileOfCaptionsWithoutAModel() throws IOException {
    Path results =
        Files.writeString(
            folder.resolve("results.json"),
            """
            [{"image_id": 2, "caption": "a man rides"}, {"image_id": 1, "caption": "a gull flies"}]
            """);
    Outcome outcome = evaluate("--results", results.toString());
    assertThat(outcome.status()).isEqualTo(0);
    // Four words each, of which a reference has three in a row; (3 + 3) of (3 + 3) words.
    assertThat(outcome.out())
        .startsWith("BLEU-1")
        .contains("CIDEr-D", "images              2")
        .contains("note: 1 of 3 images have no caption and are left out");
    assertThat(outcome.err()).contains("no CLIPScore", "--clip");
    JsonObject json =
        Json.parseObject(
            evaluate("--results", results.toString(), "--json")
                .out()
                .getBytes(StandardCharsets.UTF_8),
            "out");
    assertThat(json.integer("images", 0, 9)).isEqualTo(2);
    assertThat(json.object("scores").number("BLEU-1")).isBetween(0.5, 1.0);
  }

  @Test
  void captionsPicturesAndWritesEverythingDown() throws IOException {
    Path out = folder.resolve("out");
    Outcome outcome = evaluateModel(out);
    assertThat(outcome.status()).isEqualTo(1); // a picture is missing
    assertThat(outcome.err()).contains("missing.jpg");
    assertThat(outcome.out()).contains("images              2");
    assertThat(Files.readString(out.resolve("results.json")))
        .startsWith("[{\"image_id\":1,\"caption\":\"Covert block Laborcast\"}");
    List<String> images = Files.readAllLines(out.resolve("images.jsonl"));
    assertThat(images).hasSize(2);
    assertThat(images.getFirst()).contains("\"file\":\"000000126107.jpg\"", "\"cider_d\":");
    assertThat(Json.readObject(out.resolve("scores.json")).object("scores").names())
        .contains("BLEU-4", "ROUGE-L", "CIDEr-D");
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("data:image/jpeg;base64,", "Covert block Laborcast", "A gull flies.");
  }

  @Test
  void goesOnWhereAKilledRunWas() throws IOException {
    Path out = folder.resolve("out");
    assertThat(evaluateModel(out).status()).isEqualTo(1);
    Path captions = out.resolve("captions.jsonl");
    List<String> lines = Files.readAllLines(captions);
    assertThat(lines).hasSize(3);
    // As if it had been killed in the second caption; the first one is marked, so that we see that
    // it is kept.
    Files.writeString(
        captions,
        lines.get(0)
            + "\n"
            + lines.get(1).replace("Covert", "Kept")
            + "\n"
            + lines.get(2).substring(0, 9));
    Outcome again = evaluateModel(out);
    assertThat(again.err()).contains("1 of 3 captions are there from an earlier run");
    assertThat(Files.readString(out.resolve("results.json"))).contains("Kept block Laborcast");
    assertThat(Files.readAllLines(captions).get(2)).isEqualTo(lines.get(2));
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThat(evaluate("--split", "val", "--results", data.toString()).status()).isEqualTo(3);
    assertThat(evaluate("--results", "x", "--model", "y").status()).isEqualTo(2);
    assertThat(evaluate("--limit", "0").status()).isEqualTo(2);
    Path none = Files.writeString(folder.resolve("none.json"), "[]");
    Outcome outcome = evaluate("--results", none.toString());
    assertThat(outcome.status()).isEqualTo(3);
    assertThat(outcome.err()).contains("has no caption for any of the 3 images");
    // The example's bundle has only the tower for pictures.
    Outcome clip = evaluate("--results", one().toString(), "--clip", bundle.toString());
    assertThat(clip.status()).isEqualTo(3);
    assertThat(clip.err()).contains("holds CLIP's image encoder only");
  }

  private Path one() throws IOException {
    return Files.writeString(
        folder.resolve("one.json"), "[{\"image_id\": 1, \"caption\": \"a gull\"}]");
  }
}
