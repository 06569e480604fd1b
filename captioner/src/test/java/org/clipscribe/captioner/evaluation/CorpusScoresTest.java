package org.clipscribe.captioner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CorpusScoresTest {
  /// The same sums in double, so that only the order of a few hundred additions can differ.
  private static final double ROUNDING = 1e-9;

  @ParameterizedTest
  @MethodSource("org.clipscribe.captioner.evaluation.MetricsFixture#names")
  void equalsTheReferenceOnItsTokens(String name) {
    MetricsFixture fixture = MetricsFixture.read(name);
    compare(CorpusScores.of(fixture.tokenised()), fixture.expected());
  }

  /// From raw text, through the tokenizer of this package. 1e-6 is what the golden data asks for;
  /// as the words are equal the difference is rounding here as well.
  @ParameterizedTest
  @MethodSource("org.clipscribe.captioner.evaluation.MetricsFixture#names")
  void equalsTheReferenceFromRawText(String name) {
    MetricsFixture fixture = MetricsFixture.read(name);
    compare(
        CorpusScores.of(
            fixture.items().stream()
                .map(item -> tokenised(item.candidate(), item.references()))
                .toList()),
        fixture.expected());
  }

  private static TokenisedCaption tokenised(String candidate, List<String> references) {
    return new TokenisedCaption(
        PtbTokenizer.words(candidate), references.stream().map(PtbTokenizer::words).toList());
  }

  private static void compare(CorpusScores scores, JsonObject expected) {
    JsonObject corpus = expected.object("corpus");
    for (int n = 1; n <= 4; n++) {
      close(scores.bleu().get(n - 1), corpus.number("BLEU-" + n));
    }
    close(scores.rougeL(), corpus.number("ROUGE-L"));
    close(scores.ciderD(), corpus.number("CIDEr-D"));
    assertThat(
            "{'testlen': %d, 'reflen': %d, 'guess': %s, 'correct': %s}"
                .formatted(
                    scores.counts().candidateLength(),
                    scores.counts().referenceLength(),
                    scores.counts().guesses(),
                    scores.counts().correct()))
        .isEqualTo(expected.string("bleu_counts").lines().findFirst().orElseThrow());
    List<JsonObject> images = expected.objects("per_image");
    assertThat(scores.perImage()).hasSameSizeAs(images);
    for (int i = 0; i < images.size(); i++) {
      ImageScores image = scores.perImage().get(i);
      for (int n = 0; n < 4; n++) {
        close(image.bleu().get(n), ((Number) images.get(i).list("BLEU").get(n)).doubleValue());
      }
      close(image.rougeL(), images.get(i).number("ROUGE-L"));
      close(image.ciderD(), images.get(i).number("CIDEr-D"));
    }
  }

  private static void close(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(ROUNDING));
  }

  @ParameterizedTest
  @CsvSource({
    "clipscore2-good, .6667, .4899, .3469, .0000, .4280, .5637",
    "clipscore2-bad,  .4815, .2404, .1359, .0000, .3121, .2790"
  })
  void printsThePublishedDigits(
      String name, double b1, double b2, double b3, double b4, double rouge, double cider) {
    CorpusScores scores = CorpusScores.of(MetricsFixture.read(name).tokenised());
    assertThat(rounded(scores)).containsExactly(b1, b2, b3, b4, rouge, cider);
  }

  private static double[] rounded(CorpusScores s) {
    return DoubleStream.concat(
            s.bleu().stream().mapToDouble(x -> x), DoubleStream.of(s.rougeL(), s.ciderD()))
        .map(x -> Math.round(x * 1e4) / 1e4)
        .toArray();
  }

  @Test
  void saysThatASingleImageHasNoCider() {
    CorpusScores scores = CorpusScores.of(List.of(tokenised("a dog", List.of("a dog"))));
    assertThat(scores.ciderD()).isZero();
    assertThat(scores.notes())
        .containsExactly(
            "CIDEr-D of a single image is 0 by definition: no word is rarer than another");
  }

  @Test
  void leavesOutCaptionsWithoutReferencesAndSaysSo() {
    TokenisedCaption dog = tokenised("a dog runs", List.of("a dog"));
    TokenisedCaption cat = tokenised("two cats", List.of("two cats"));
    TokenisedCaption alone = tokenised("a bird", List.of());
    CorpusScores scores = CorpusScores.of(List.of(dog, alone, cat));
    CorpusScores without = CorpusScores.of(List.of(dog, cat));
    assertThat(scores.bleu()).isEqualTo(without.bleu());
    assertThat(scores.ciderD()).isEqualTo(without.ciderD()).isPositive();
    assertThat(scores.perImage()).hasSize(3).element(1).isEqualTo(ImageScores.NONE);
    assertThat(scores.notes())
        .containsExactly("1 of 3 captions have no reference and are not scored");
  }

  @Test
  void isNeverNaN() {
    List<TokenisedCaption> odd =
        List.of(
            tokenised("", List.of("a dog")),
            tokenised("a dog", List.of("")),
            tokenised("", List.of("")),
            tokenised("a", List.of("a", "", "a")),
            tokenised("", List.of()));
    for (int i = 0; i <= odd.size(); i++) {
      for (int j = i; j <= odd.size(); j++) {
        CorpusScores scores = CorpusScores.of(odd.subList(i, j));
        assertThat(rounded(scores)).doesNotContain(Double.NaN);
        assertThat(scores.perImage())
            .allSatisfy(
                image -> {
                  assertThat(image.bleu()).allMatch(Double::isFinite);
                  assertThat(image.rougeL()).isFinite();
                  assertThat(image.ciderD()).isFinite();
                });
        assertThat(
                TextStatistics.of(
                    odd.subList(i, j).stream().map(TokenisedCaption::candidate).toList()))
            .satisfies(s -> assertThat(s.distinct1() + s.meanLength() + s.different()).isFinite());
      }
    }
  }

  /// Quadratic scoring would need minutes for the longest of these; see the tokenizer's test.
  @Test
  @Timeout(60)
  void scoresACaptionThatRanAway() {
    List<String> words = Collections.nCopies(100_000, "dog");
    List<TokenisedCaption> captions =
        List.of(
            new TokenisedCaption(words, List.of(List.of("a", "dog"))),
            tokenised("a cat", List.of("a cat")));
    assertThat(rounded(CorpusScores.of(captions))).doesNotContain(Double.NaN);
  }

  @Test
  void findsTheLongestCommonSubsequenceAcrossBlocksOfBits() {
    Random random = new Random(7);
    for (int size : new int[] {1, 63, 64, 65, 127, 128, 129, 300}) {
      List<String> a = letters(random, size);
      List<String> b = letters(random, size / 2 + 3);
      assertThat(RougeL.longestCommonSubsequence(a, b)).isEqualTo(table(a, b));
    }
  }

  private static List<String> letters(Random random, int count) {
    return random.ints(count, 0, 4).mapToObj(String::valueOf).toList();
  }

  private static int table(List<String> a, List<String> b) {
    int[][] length = new int[a.size() + 1][b.size() + 1];
    for (int i = 1; i <= a.size(); i++) {
      for (int j = 1; j <= b.size(); j++) {
        length[i][j] =
            a.get(i - 1).equals(b.get(j - 1))
                ? length[i - 1][j - 1] + 1
                : Math.max(length[i - 1][j], length[i][j - 1]);
      }
    }
    return length[a.size()][b.size()];
  }

  @Test
  void countsWordsAndTheirVariety() {
    TextStatistics statistics =
        TextStatistics.of(
            Arrays.asList(
                List.of("a", "dog", "a", "dog"),
                List.of("a", "cat"),
                List.of("a", "cat"),
                List.of()));
    assertThat(statistics)
        .isEqualTo(
            new TextStatistics(4, 8, 3, 3.0 / 8, 3.0 / 5, 3.0 / 4, 0, 4, 2.0, Math.sqrt(2.0)));
  }
}
