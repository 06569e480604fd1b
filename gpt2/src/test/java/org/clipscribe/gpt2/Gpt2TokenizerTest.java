package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class Gpt2TokenizerTest {
  private static final Gpt2Tokenizer TOKENIZER =
      Gpt2Tokenizer.open(
          resource("/gpt2-tokenizer/vocab.json"), resource("/gpt2-tokenizer/merges.txt"));

  private static final Gpt2Decoder DECODER =
      Gpt2Decoder.open(resource("/gpt2-tokenizer/vocab.json"));

  /// One row of the golden file.
  record Case(String text, int[] ids, String decoded, String cleaned, boolean decodeOnly) {
    static Case of(JsonObject json) {
      int[] ids = json.list("ids").stream().mapToInt(id -> ((Long) id).intValue()).toArray();
      boolean decodeOnly = json.bool("decode_only", false);
      return new Case(
          decodeOnly ? "" : json.string("text"),
          ids,
          json.string("decoded"),
          json.string("decoded_cleanup"),
          decodeOnly);
    }
  }

  static List<Case> cases() throws IOException {
    try (InputStream in = Gpt2TokenizerTest.class.getResourceAsStream("/tokenizer/cases.jsonl")) {
      String lines = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return lines
          .lines()
          .map(line -> Json.parseObject(line.getBytes(StandardCharsets.UTF_8), "cases.jsonl"))
          .map(Case::of)
          .toList();
    }
  }

  static Stream<Case> textCases() throws IOException {
    return cases().stream().filter(row -> !row.decodeOnly());
  }

  @Test
  void readsAllGoldenRows() throws IOException {
    assertThat(cases()).hasSize(175);
    assertThat(textCases()).hasSize(165);
  }

  @ParameterizedTest
  @MethodSource("textCases")
  void encodesLikeThePythonLibrary(Case row) {
    assertThat(TOKENIZER.encode(row.text())).isEqualTo(row.ids());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void decodesLikeThePythonLibrary(Case row) {
    assertThat(TOKENIZER.decode(row.ids())).isEqualTo(row.decoded());
    assertThat(TOKENIZER.decodeCleaned(row.ids())).isEqualTo(row.cleaned());
    assertThat(DECODER.decode(row.ids())).isEqualTo(row.decoded());
    assertThat(DECODER.decodeCleaned(row.ids())).isEqualTo(row.cleaned());
  }

  @Test
  void knowsItsSizeAndItsEnd() {
    assertThat(TOKENIZER.vocabularySize()).isEqualTo(50257);
    assertThat(TOKENIZER.endOfText()).isEqualTo(50256);
    assertThat(DECODER.vocabularySize()).isEqualTo(50257);
    assertThat(DECODER.endOfText()).isEqualTo(50256);
  }

  @Test
  void decodesEveryTokenWithoutTheMerges() {
    for (int token = 0; token < TOKENIZER.vocabularySize(); token++) {
      assertThat(DECODER.decode(token)).isEqualTo(TOKENIZER.decode(token));
    }
  }

  @Test
  void decodingGivesTheEncodedTextBack() {
    Random random = new Random(2);
    for (int i = 0; i < 2000; i++) {
      String text = randomText(random);
      assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
    }
  }

  /// Characters of all planes and lengths in UTF-8, with many that matter to how words are cut.
  private static String randomText(Random random) {
    String favourites = " \n\t'stlvred\u00A0\u2003aZ09.,";
    return IntStream.range(0, random.nextInt(40))
        .map(
            _ -> {
              if (random.nextBoolean()) {
                return favourites.charAt(random.nextInt(favourites.length()));
              }
              int codePoint = random.nextInt(1 << (1 + random.nextInt(20)));
              return Character.getType(codePoint) == Character.SURROGATE ? '?' : codePoint;
            })
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void putsTheReplacementCharacterForASurrogateWithoutAPartner() {
    assertThat(TOKENIZER.decode(TOKENIZER.encode("a\uD83Db"))).isEqualTo("a\uFFFDb");
  }

  @Test
  void encodesTheSameWhateverTheLocale() {
    int[] expected = TOKENIZER.encode("TITLE Iı 123 ٣");
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertThat(TOKENIZER.encode("TITLE Iı 123 ٣")).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void isSharedByThreads() throws IOException {
    List<Case> rows = textCases().toList();

    assertThat(IntStream.range(0, 2000).parallel().mapToObj(i -> rows.get(i % rows.size())))
        .allSatisfy(row -> assertThat(TOKENIZER.encode(row.text())).isEqualTo(row.ids()));
  }

  @Test
  void refusesATokenOutsideTheVocabulary() {
    assertThatThrownBy(() -> TOKENIZER.decode(1, 50257))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("50257");
  }

  @Test
  void refusesFilesThatAreSwapped() {
    Path merges = resource("/gpt2-tokenizer/merges.txt");
    Path vocab = resource("/gpt2-tokenizer/vocab.json");

    assertThatThrownBy(() -> Gpt2Tokenizer.open(merges, vocab))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("merges.txt: bad JSON");
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Gpt2TokenizerTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
