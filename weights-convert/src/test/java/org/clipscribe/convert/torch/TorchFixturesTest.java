package org.clipscribe.convert.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.NamedTensors;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every file of `fixtures/torch-files` behaves as its manifest says.
final class TorchFixturesTest {
  @TestFactory
  Stream<DynamicTest> everyFileBehavesAsTheManifestSays() {
    List<?> rows = Json.readObject(TorchFiles.resource("manifest.json")).list("rows");
    assertThat(rows).hasSize(65);
    return rows.stream()
        .map(row -> Row.of((Map<?, ?>) row))
        .map(row -> dynamicTest(row.file, () -> check(row)));
  }

  private record Row(String file, String expect, List<?> words) {
    static Row of(Map<?, ?> row) {
      return new Row(
          (String) Objects.requireNonNull(row.get("file")),
          (String) Objects.requireNonNull(row.get("expect")),
          (List<?>) Objects.requireNonNull(row.get("message_words_any")));
    }
  }

  private static void check(Row row) throws IOException {
    Path file = TorchFiles.resource(row.file);
    switch (row.expect) {
      case "load" -> {
        try (TorchFile torch = TorchFile.open(file);
            SafetensorsFile expected =
                SafetensorsFile.open(
                    TorchFiles.resource(row.file.replace(".pt", ".expected.safetensors")))) {
          assertSame(torch, expected);
        }
      }
      case "refuse" -> assertRefused(TorchFiles.refusal(file), row);
      case "load or refuse" -> {
        try {
          TorchFiles.readAll(file);
        } catch (BadInputException refused) {
          assertRefused(TorchFiles.message(refused), row);
        }
      }
      default -> fail("unknown expectation: " + row);
    }
    assertNoMarker();
  }

  private static void assertRefused(String message, Row row) {
    String lower = message.substring(message.indexOf(".pt: ")).toLowerCase(Locale.ROOT);
    assertThat(row.words)
        .as(message)
        .anyMatch(word -> lower.contains(((String) word).toLowerCase(Locale.ROOT)));
  }

  /// Names, types, shapes and every bit of every number.
  static void assertSame(NamedTensors actual, NamedTensors expected) {
    assertThat(actual.names()).containsExactlyInAnyOrderElementsOf(expected.names());
    for (String name : expected.names()) {
      assertThat(actual.info(name)).as(name).isEqualTo(expected.info(name));
      if (expected.info(name).dtype().isFloating()) {
        assertThat(actual.floats(name)).as(name).containsExactly(expected.floats(name));
      } else {
        assertThat(actual.longs(name)).as(name).containsExactly(expected.longs(name));
      }
    }
  }

  @AfterEach
  void nothingInTheFilesWasRun() throws IOException {
    assertNoMarker();
  }

  private static void assertNoMarker() throws IOException {
    try (Stream<Path> here = Files.list(Path.of(""))) {
      assertThat(here).noneMatch(file -> file.getFileName().toString().startsWith("marker-"));
    }
  }
}
