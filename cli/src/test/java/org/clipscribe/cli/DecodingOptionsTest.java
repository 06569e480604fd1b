package org.clipscribe.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.cli.Session.Outcome;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every way of decoding through the command line.
class DecodingOptionsTest {
  private static final Path GULL = Path.of("../examples/photos/000000126107.jpg");
  private static final Path OTHER = Path.of("../examples/photos/000000165518.jpg");

  @TempDir static Path shared;
  private final Session session = new Session();

  @BeforeAll
  static void convert() {
    Session session = new Session();
    session.environment.put(Tokenizers.VARIABLE, "../examples/gpt2-tokenizer");
    for (String rule : new String[] {"original", "clean"}) {
      String bundle = shared.resolve(rule).toString();
      String source = "../examples/tiny-original/model.pt";
      assertThat(session.run("convert", source, "--rule", rule, "--to", bundle).status()).isZero();
    }
  }

  @BeforeEach
  void nameTheModel() {
    useRule("original");
  }

  private void useRule(String rule) {
    session.environment.put(ModelLocator.VARIABLE, shared.resolve(rule).toString());
  }

  private Outcome caption(String options, Path... pictures) {
    List<String> arguments = new ArrayList<>(List.of("caption"));
    arguments.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));
    for (Path picture : pictures) {
      arguments.add(picture.toString());
    }
    return session.run(arguments.toArray(String[]::new));
  }

  private JsonObject json(String options, Path picture) {
    Outcome outcome = caption("--json " + options, picture);
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return Json.parseObject(outcome.out().getBytes(StandardCharsets.UTF_8), "stdout");
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "clean"})
  void isGreedyWithOneBeamAndWithoutTemperature(String rule) {
    useRule(rule);
    JsonObject greedy = json("", GULL);
    for (String options :
        List.of(
            "--decode greedy",
            "--beams 1",
            "--decode sample -T 0",
            "--decode sample --temperature 1e-9 --seed 5",
            "--decode sample --top-k 1")) {
      JsonObject found = json(options, GULL);
      assertThat(found.list("tokens")).as(options).isEqualTo(greedy.list("tokens"));
      assertThat(found.number("score")).as(options).isEqualTo(greedy.number("score"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "clean"})
  void printsTheBestBeamsWithTheirScores(String rule) {
    useRule(rule);
    JsonObject best = json("--beams 4", GULL);
    JsonObject all = json("--decode beam -n 4 --device reference", GULL);

    assertThat(best.has("candidates")).isFalse();
    List<JsonObject> candidates = all.objects("candidates");
    assertThat(candidates).hasSize(4);
    assertThat(candidates.getFirst().string("caption")).isEqualTo(best.string("caption"));
    assertThat(all.string("caption")).isEqualTo(best.string("caption"));
    // Two back-ends, both within 1e-4 of PyTorch.
    assertThat(all.number("score")).isCloseTo(best.number("score"), within(1e-4));
    assertThat(candidates.stream().map(candidate -> candidate.number("score")))
        .isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(json("--beams 4 --length-penalty 3", GULL).list("tokens").size())
        .isGreaterThanOrEqualTo(best.list("tokens").size());
  }

  @Test
  void printsCandidatesALineEach() {
    assertThat(caption("--decode sample -n 3", GULL).out().lines()).hasSize(3);
    assertThat(caption("--decode sample -n 3", GULL, OTHER).out().lines())
        .hasSize(6)
        .allMatch(line -> line.startsWith(GULL + "\t") || line.startsWith(OTHER + "\t"));
  }

  @Test
  void drawsTheSameWordsForTheSameSeed() {
    String draw = "--decode sample --temperature 0.9 --top-p 0.95 --typical-p 0.99 --top-k 1000";
    assertThat(caption(draw, GULL)).isEqualTo(caption(draw + " --seed 0 --threads 1", GULL));
    assertThat(caption(draw, GULL)).isNotEqualTo(caption(draw + " --seed 1", GULL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"original", "clean"})
  void goesOnFromAPrompt(String rule) {
    useRule(rule);
    for (String way : List.of("", "--beams 3", "--decode sample")) {
      List<String> arguments = new ArrayList<>(List.of("caption", "--prompt", "a photo of"));
      arguments.addAll(way.isEmpty() ? List.of() : List.of(way.split(" ")));
      arguments.add(GULL.toString());
      assertThat(session.run(arguments.toArray(String[]::new)).out())
          .startsWith(rule.equals("original") ? "A photo of" : "a photo of");
    }
  }

  @Test
  void keepsToTheLengthsAskedFor() {
    assertThat(json("--max-tokens 2", GULL).list("tokens")).hasSize(2);
    assertThat(json("--min-tokens 9", GULL).list("tokens")).hasSizeGreaterThan(9);
    assertThat(json("--beams 3 --min-tokens 9 --max-tokens 10", GULL).list("tokens")).hasSize(10);
    assertThat(json("--no-repeat-ngram 1", OTHER).list("tokens")).doesNotHaveDuplicates();
    assertThat(json("--repetition-penalty 50", OTHER).list("tokens"))
        .isNotEqualTo(json("", OTHER).list("tokens"));
    assertThat(caption("--stop block", GULL).out()).isEqualTo("Covert block\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--decode best | invalid value for option '--decode': expected one of [GREEDY, BEAM, SAMPLE]"
            + " (case-insensitive) but was 'best'",
        "--beams 0 | --beams is 0, 1 to 100",
        "--beams 1000000000 | --beams is 1000000000, 1 to 100",
        "--decode greedy --beams 4 | --beams needs --decode beam",
        "--top-k 5 | --top-k needs --decode sample",
        "--beams 4 --top-p 0.5 | --top-p needs --decode sample",
        "--seed 5 | --seed needs --decode sample",
        "--length-penalty 2 | --length-penalty needs --decode beam",
        "--early-stopping never | --early-stopping needs --decode beam",
        "--beams 4 --length-penalty NaN | --length-penalty is NaN, no finite number",
        "--decode sample --top-k 0 | --top-k is 0, at least 1",
        "--decode sample --top-p 0 | --top-p is 0.0, above 0 and at most 1",
        "--decode sample --typical-p 2 | --typical-p is 2.0, above 0 and at most 1",
        "--decode sample -T -1 | --temperature is -1.0, from 0 on",
        "--decode sample -T NaN | --temperature is NaN, from 0 on",
        "-n 2 | --candidates is 2, but there is one likeliest text; more come with --decode beam or"
            + " --decode sample",
        "--beams 3 -n 4 | --candidates is 4, 1 to the number of beams, 3",
        "--decode sample -n 0 | --candidates is 0, 1 to 100",
        "--max-tokens 0 | --max-tokens is 0, at least 1",
        "--min-tokens -1 | --min-tokens is -1, at least 0",
        "--min-tokens 9 --max-tokens 3 | --min-tokens is 9 and --max-tokens 3",
        "--repetition-penalty 0 | --repetition-penalty is 0.0, above 0",
        "--no-repeat-ngram -1 | --no-repeat-ngram is -1, at least 1",
        "--max-tokens x | invalid value for option '--max-tokens': 'x' is not an int"
      })
  void refusesOptionsThatMakeNoSense(String options, String message) {
    session.environment.put(ModelLocator.VARIABLE, "no/such/model"); // options come first
    Outcome outcome = caption(options, GULL);

    assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines().getFirst()).isEqualTo("error: " + message);
  }

  @Test
  void refusesAPromptThatLeavesNoRoom() {
    Outcome outcome = session.run("caption", "--prompt", "word ".repeat(2000), GULL.toString());

    assertThat(outcome.status()).isEqualTo(ExitStatus.BAD_INPUT);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .contains("are too long: the model has room for a caption of");
  }
}
