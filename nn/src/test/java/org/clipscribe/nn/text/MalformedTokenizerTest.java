package org.clipscribe.nn.text;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each refusal is one line that names the file, and the line or the token in it.
class MalformedTokenizerTest {
  private static final String HEADER = "#version: 0.2\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a": 0, "b": 2}            | b is 2, expected an integer from 0 to 1
          {"a": 0, "b": -1}           | b is -1, expected an integer from 0 to 1
          {"a": 0, "b": 1.0}          | b is 1.0, expected an integer from 0 to 1
          {"a": 0, "b": "1"}          | b is "1", expected an integer from 0 to 1
          {"a": 0, "b": 4294967297}   | b is 4294967297, expected an integer from 0 to 1
          {"a": 0, "b": 0}            | "a" and "b" have the same id 0
          {"a": 0, "b": null}         | b is missing
          {"a": 0, "a": 1}            | bad JSON
          ["a"]                       | bad JSON
          {}                          | holds no tokens
          {"a": 0}                    | has no token "Ā"
          """)
  void refusesAVocabulary(String vocabJson, String cause) {
    refuses(TokenizerFiles.write(folder, vocabJson, HEADER), "vocab.json: ", cause);
  }

  @ParameterizedTest
  @CsvSource({
    "'', line 1: expected a header",
    "'a b\n', line 1: expected a header",
    "'#version: 0.2\nab\n', 'line 2: \"ab\" is not two tokens'",
    "'#version: 0.2\na b\na b c\n', 'line 3: \"a b c\" is not two tokens'",
    "'#version: 0.2\n\na b\n', 'line 2: \"\" is not two tokens'",
    "'#version: 0.2\n b\n', 'line 2: \" b\" is not two tokens'",
    "'#version: 0.2\na \n', 'line 2: \"a \" is not two tokens'",
    "'#version: 0.2\na  b\n', 'line 2: \"a  b\" is not two tokens'",
    "'#version: 0.2\na b\na b\n', 'line 3: \"a b\" comes a second time'",
    "'#version: 0.2\na xy\n', 'line 2: \"xy\" is not in the vocabulary'",
    "'#version: 0.2\nxy a\n', 'line 2: \"xy\" is not in the vocabulary'",
    "'#version: 0.2\na c\n', 'line 2: \"ac\" is not in the vocabulary'",
  })
  void refusesMerges(String mergesTxt, String cause) {
    Path vocab = TokenizerFiles.write(folder, List.of("a b")).vocab();
    refuses(TokenizerFiles.write(folder, read(vocab), mergesTxt), "merges.txt: ", cause);
  }

  @Test
  void refusesMergesThatAreNotUtf8() throws IOException {
    TokenizerFiles files = TokenizerFiles.write(folder, List.of());
    Files.write(files.merges(), new byte[] {'#', (byte) 0xFF});

    refuses(files, "merges.txt: ", "is not UTF-8");
  }

  @Test
  void refusesFilesThatAreMissing() throws IOException {
    TokenizerFiles files = TokenizerFiles.write(folder, List.of());
    Files.delete(files.merges());
    refuses(files, "merges.txt: ", "there is no such file");

    Files.delete(files.vocab());
    refuses(files, "vocab.json: ", "there is no such file");
  }

  @Test
  void readsLinesThatEndAsOnWindows() {
    Path vocab = TokenizerFiles.write(folder, List.of("a b")).vocab();
    TokenizerFiles.write(folder, read(vocab), "#version: 0.2\r\na b\r\n").open();
  }

  private static void refuses(TokenizerFiles files, String file, String cause) {
    assertThatThrownBy(files::open)
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(cause);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
