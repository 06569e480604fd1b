package org.clipscribe.nn.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.json.Json;
import org.clipscribe.nn.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every file of `hostile/` does what its manifest says, read by copying and by mapping.
class HostileFilesTest {
  private final Path folder = resource("hostile");
  private final JsonObject manifest = Json.readObject(folder.resolve("manifest.json"));

  @TestFactory
  Stream<DynamicTest> behavesAsTheManifestSays() {
    return manifest.list("rows").stream()
        .map(row -> (Map<?, ?>) Objects.requireNonNull(row))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get("id") + " " + row.get("file"),
                    () ->
                        check(
                            row,
                            folder.resolve((String) Objects.requireNonNull(row.get("file"))))));
  }

  private void check(Map<?, ?> row, Path file) {
    switch ((String) Objects.requireNonNull(row.get("expect"))) {
      case "load" -> {
        loadsWithItsValues(() -> SafetensorsFile.open(file), file);
        loadsWithItsValues(() -> SafetensorsFile.map(file), file);
      }
      case "refuse" -> {
        List<?> words = (List<?>) Objects.requireNonNull(row.get("message_words_any"));
        refuses(() -> SafetensorsFile.open(file), file, words);
        refuses(() -> SafetensorsFile.map(file), file, words);
      }
      default -> loadsOrRefuses(file, row);
    }
  }

  /// What we chose where the manifest leaves a choice.
  private void loadsOrRefuses(Path file, Map<?, ?> row) {
    if (file.endsWith("ST-13b-name-60000.safetensors")) {
      List<?> words = (List<?>) Objects.requireNonNull(row.get("message_words_any"));
      refuses(() -> SafetensorsFile.open(file), file, words);
    } else {
      assertThat(file).hasFileName("ST-11b-whitespace-both-ends.safetensors");
      loadsWithItsValues(() -> SafetensorsFile.open(file), file);
    }
  }

  private static void refuses(ThrowingCallable open, Path file, List<?> words) {
    assertThatThrownBy(open)
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ": ")
        .message()
        .hasSizeLessThan(file.toString().length() + 400)
        .hasLineCount(1)
        .satisfies(
            message ->
                assertThat(words)
                    .anySatisfy(word -> assertThat(message).containsIgnoringCase((String) word)));
  }

  private void loadsWithItsValues(Supplier<SafetensorsFile> open, Path file) {
    String name = Objects.requireNonNull(file.getFileName()).toString();
    try (SafetensorsFile tensors = open.get()) {
      JsonObject all = manifest.object("values");
      if (!all.has(name)) {
        for (String tensor : tensors.names()) {
          assertThat(tensors.floats(tensor)).hasSize((int) tensors.info(tensor).elements());
        }
        return;
      }
      Map<String, @Nullable Object> values = all.object(name).toMap();
      assertThat(tensors.names()).containsExactlyInAnyOrderElementsOf(values.keySet());
      values.forEach((tensor, expected) -> assertHolds(tensors, tensor, (List<?>) expected));
    }
  }

  private static void assertHolds(
      SafetensorsFile tensors, String name, @Nullable List<?> expected) {
    double[] wanted =
        Objects.requireNonNull(expected).stream()
            .mapToDouble(value -> ((Number) Objects.requireNonNull(value)).doubleValue())
            .toArray();
    if (tensors.info(name).dtype().isFloating()) {
      float[] rounded = new float[wanted.length];
      for (int i = 0; i < wanted.length; i++) {
        rounded[i] = (float) wanted[i]; // exact but for f64, which is read as float
      }
      assertThat(tensors.floats(name)).isEqualTo(rounded);
    } else {
      long[] exact = expected.stream().mapToLong(value -> (Long) value).toArray();
      assertThat(tensors.longs(name)).isEqualTo(exact);
    }
  }

  @Test
  void readsSpecialFloatsBitForBit() {
    try (SafetensorsFile tensors =
        SafetensorsFile.open(folder.resolve("ST-14a-nan-inf-denormal.safetensors"))) {
      int[] bits = new int[6];
      Arrays.setAll(bits, i -> Float.floatToRawIntBits(tensors.floats("a")[i]));
      // NaN, both infinities, a denormal, minus zero, the largest finite number.
      assertThat(bits)
          .containsExactly(0x7fc00000, 0x7f800000, 0xff800000, 0x2ca, 0x80000000, 0x7f7fffff);
    }
  }

  static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(HostileFilesTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(name, e);
    }
  }
}
