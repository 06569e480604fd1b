package org.clipscribe.nn.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTableTest {
  @TempDir private Path folder;

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("vocab.json"), json);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void decodesWhatTheWholeEncodingDecodes() {
    TokenizerFiles files = TokenizerFiles.write(folder, List.of("a b", "\" \\", "é é", "Ġ x"));
    BytePairEncoding whole = files.open();
    TokenTable table = TokenTable.open(files.vocab());
    assertThat(table.size()).isEqualTo(whole.size());
    for (int id = 0; id < table.size(); id++) {
      assertThat(table.decode(id, 3, id)).isEqualTo(whole.decode(id, 3, id));
    }
    assertThat(table.id("ab")).isEqualTo(256);
    assertThat(table.id("\"\\")).as("written with escapes").isEqualTo(257);
    assertThatThrownBy(() -> table.id("ba"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("has no token \"ba\"");
    assertThatThrownBy(() -> table.decode(table.size()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> table.decode(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":0}",
        " \t\r\n{ \"a\" : 0 } \n",
        "{\"\\u0062\": 1, \"a\": 0}",
        "{\"\": 2, \"\\\"\": 1, \"\\\\\": 0}",
        "{\"a\": 0, \"b\": 1, \"c\": 2, \"d\": 3, \"e\": 4, \"f\": 5, \"g\": 6, \"h\": 7, "
            + "\"i\": 8, \"j\": 9, \"k\": 10}"
      })
  void readsEverythingPlainWithoutTheStrictReader(String json) throws IOException {
    PlainVocabulary plain = PlainVocabulary.of("vocab.json", utf8(json));
    assertSame(Objects.requireNonNull(plain, json), vocabulary(write(json)));
  }

  private static void assertSame(Tokens found, Tokens expected) {
    assertThat(found.size()).isEqualTo(expected.size());
    for (int id = 0; id < found.size(); id++) {
      assertThat(found.token(id)).isEqualTo(expected.token(id));
      assertThat(found.require(expected.token(id))).isEqualTo(id);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a": 0, "b": 2}              | b is 2, expected an integer from 0 to 1
          {"a": 0, "b": -1}             | b is -1, expected an integer from 0 to 1
          {"a": 0, "b": 1.0}            | b is 1.0, expected an integer from 0 to 1
          {"a": 0, "b": "1"}            | b is "1", expected an integer from 0 to 1
          {"a": 0, "b": 99999999999}    | b is 99999999999, expected an integer from 0 to 1
          {"a": 0, "b": 0}              | "a" and "b" have the same id 0
          {"a": 0, "b": null}           | b is missing
          {"a": 0, "b": 01}             | bad JSON
          {"a": 0, "b": }               | bad JSON
          {"a": 0,}                     | bad JSON
          {"a": 0                       | bad JSON
          {"a": 0} x                    | bad JSON
          {"a"                          | bad JSON
          {"a                           | bad JSON
          {"a\\                         | bad JSON
          {a: 0}                        | bad JSON
          ["a"]                         | bad JSON
          {}                            | holds no tokens
          ''                            | bad JSON
          """)
  void leavesEverythingElseToTheStrictReader(String json, String cause) throws IOException {
    Path file = write(json);
    assertThatThrownBy(() -> TokenTable.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("vocab.json: ")
        .hasMessageContaining(cause);
  }

  @Test
  void findsMalformedTextWhenItIsDecoded() throws IOException {
    byte[] json = utf8("{\"a\": 0, \"?\": 1, \"\\x\": 2}");
    json[10] = (byte) 0xff;
    TokenTable table = TokenTable.open(Files.write(folder.resolve("vocab.json"), json));
    assertThat(table.decode(0)).isEqualTo("a");
    for (int bad : new int[] {1, 2}) {
      assertThatThrownBy(() -> table.decode(bad))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("vocab.json: bad JSON");
    }
  }

  @Test
  void refusesAFileThatIsNotThere() {
    assertThatThrownBy(() -> TokenTable.open(folder.resolve("vocab.json")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("there is no such file");
  }

  /// Whatever a byte becomes: no crash, and never another token than the strict reader finds.
  @Test
  void agreesWithTheStrictReaderOnEveryMutation() throws IOException {
    byte[] json = utf8("{\"a\": 0, \"\\u0120b\": 2, \"\\\\\": 1, \"é\": 3}");
    int compared = 0;
    for (int at = 0; at < json.length; at++) {
      byte original = json[at];
      for (int value : new int[] {0, ' ', '"', '\\', ',', ':', '{', '}', '-', '.', '0', '2', 255}) {
        json[at] = (byte) value;
        PlainVocabulary plain = PlainVocabulary.of("vocab.json", json);
        Path file = Files.write(folder.resolve("vocab.json"), json);
        if (plain != null && isSound(file)) {
          assertSame(plain, vocabulary(file));
          compared++;
        }
      }
      json[at] = original;
    }
    assertThat(compared).as("mutations that both accept").isGreaterThan(20);
  }

  private static boolean isSound(Path file) {
    try {
      return vocabulary(file).size() > 0;
    } catch (BadInputException e) {
      return false;
    }
  }

  private static Vocabulary vocabulary(Path file) {
    return Vocabulary.read(Document.read(file, "a vocabulary"));
  }
}
