package org.clipscribe.captioner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PtbTokenizerTest {
  @ParameterizedTest
  @MethodSource("org.clipscribe.captioner.evaluation.MetricsFixture#names")
  void equalsTheTokenisedFormsOfTheFixtures(String name) {
    for (MetricsFixture.Item item : MetricsFixture.read(name).items()) {
      assertThat(String.join(" ", PtbTokenizer.words(item.candidate())))
          .isEqualTo(String.join(" ", item.tokenised().candidate()));
      assertThat(item.references().stream().map(PtbTokenizer::words).toList())
          .isEqualTo(item.tokenised().references());
    }
  }

  static Stream<JsonObject> golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PtbTokenizerTest.class.getResourceAsStream("/metrics/ptb.jsonl"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> Json.parseObject(line.getBytes(StandardCharsets.UTF_8), "ptb.jsonl"));
    }
  }

  @Test
  void equalsTheStanfordTokenizerOnOddTexts() throws IOException {
    List<String> expected = new ArrayList<>();
    List<String> actual = new ArrayList<>();
    golden()
        .forEach(
            line -> {
              expected.add(line.string("words"));
              actual.add(String.join(" ", PtbTokenizer.words(line.string("text"))));
            });
    assertThat(actual).hasSizeGreaterThan(500).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "the \"dog\" can't stop! | the dog ca n't stop",
        "A dog (brown)... | a dog -lrb- brown -rrb-",
        "Mr. Smith's u.s. flag. | mr. smith 's u.s. flag",
        "black-and-white, 3.5 m/s - 10:30 | black-and-white 3.5 m/s 10:30",
        "they’re gonna, it‘s | they 're gon na it s",
      })
  void splitsLikeTheTreebank(String text, String words) {
    assertThat(String.join(" ", PtbTokenizer.words(text))).isEqualTo(words);
  }

  @Test
  void findsNoWordsInNothing() {
    assertThat(PtbTokenizer.words("")).isEmpty();
    assertThat(PtbTokenizer.words(" \t\r\n\u00A0 ")).isEmpty();
    assertThat(PtbTokenizer.words("... !?, '' -- \uD83D\uDE00")).containsExactly("!?");
  }

  @Test
  void leavesOutHalvesOfSurrogatePairsAndControlCharacters() {
    assertThat(PtbTokenizer.words("a\uD83D b\u0001\u0000c\uDE00 d"))
        .containsExactly("a", "b", "c", "d");
  }

  /// Each of these made a token that looked to the end of the text at each of its places, or a
  /// recursion as deep as the text is long, in a first version. A quadratic tokenizer needs minutes
  /// here: the time-out is no measurement but keeps the suite from hanging.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "dog ",
        "a.",
        "a,",
        "a-",
        "a@",
        "<a ",
        "<a x=\"y\" ",
        "(",
        "\"",
        "'",
        "a/",
        "1.",
        "1-",
        ".",
        ". ",
        "-",
        "&amp;",
        "http://",
        "www.a.",
        "n't",
        "O'",
        "A&",
        "#a",
        "!a",
        "\u00AD"
      })
  @Timeout(60)
  void takesTimeInProportionToTheLength(String part) {
    assertThat(PtbTokenizer.words(part.repeat(100_000))).isNotNull();
  }
}
