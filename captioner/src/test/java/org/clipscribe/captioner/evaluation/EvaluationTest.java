package org.clipscribe.captioner.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.captioner.dataset.CaptionedImage;
import org.clipscribe.captioner.dataset.Split;
import org.clipscribe.nn.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationTest {
  private static final List<CaptionedImage> IMAGES =
      List.of(
          image("1", "dog.jpg", "a dog runs", "a brown dog"),
          image("2", "<b>\".jpg", "two cats", "cats"),
          image("3", "bird.jpg", "a bird"));

  @TempDir Path folder;

  private static CaptionedImage image(String id, String file, String... captions) {
    return new CaptionedImage(id, file, Split.TEST, List.of(captions));
  }

  private static Map<String, String> captions(String... idsAndCaptions) {
    Map<String, String> captions = new LinkedHashMap<>();
    for (int i = 0; i < idsAndCaptions.length; i += 2) {
      captions.put(idsAndCaptions[i], idsAndCaptions[i + 1]);
    }
    return captions;
  }

  @Test
  void scoresWhatHasACaptionAndSaysWhatHasNot() {
    Evaluation evaluation =
        Evaluation.of(IMAGES, captions("2", "two cats", "9", "x", "1", "a dog"), Map.of());
    assertThat(evaluation.images()).extracting(i -> i.image().id()).containsExactly("1", "2");
    assertThat(evaluation.notes())
        .containsExactly(
            "1 of 3 images have no caption and are left out",
            "1 of 3 captions are of images that the data lacks, and are left out");
    assertThat(evaluation.scores()).doesNotContainKey("CLIPScore").containsKey("CIDEr-D");
  }

  /// cos((3, 4), (4, 3)) = 24/25; cos((4, 3), (0, 2)) = 6/10; the harmonic mean of 2.4 and 0.6 is
  /// 2 * 2.4 * 0.6 / 3. Floats hold these components exactly, the rest is double.
  @Test
  void clipScoresAreTheFormulas() {
    ClipScores scores =
        ClipScores.of(
            new float[] {3, 4},
            new float[] {4, 3},
            List.of(new float[] {0, 2}, new float[] {-4, -3}));
    assertThat(scores.clipScore()).isCloseTo(2.4, within(1e-12));
    assertThat(scores.refClipScore()).isCloseTo(0.96, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"-1, 0, 0", "0, 0, 0"})
  void clipScoresAreNeverNegativeOrNaN(float x, double clip, double reference) {
    float[] picture = {x, 0};
    float[] caption = {1, 0};
    assertThat(ClipScores.of(picture, caption, List.of(picture)))
        .isEqualTo(new ClipScores(clip, reference));
    assertThat(ClipScores.of(caption, caption, List.of())).isEqualTo(new ClipScores(2.5, 0));
  }

  @Test
  void theContactSheetEscapesWhatCaptionsHold() {
    String hostile = "</div><script>alert(1)</script>\u202E\u0000";
    Evaluation evaluation =
        Evaluation.of(
            IMAGES,
            captions("1", hostile, "2", "cats"),
            Map.of("1", new ClipScores(0.7, 0.6), "2", new ClipScores(0.8, 0.5)));
    String page =
        new String(
            new ContactSheet(evaluation, _ -> new byte[0]).toBytes("On <data>"),
            StandardCharsets.UTF_8);
    assertThat(page)
        .contains("&lt;/div&gt;&lt;script&gt;alert(1)&lt;/script&gt;\u202E\uFFFD")
        .contains("&lt;b&gt;&quot;.jpg", "On &lt;data&gt;", "CLIPScore", "0.7500")
        .doesNotContain("<script", "http:", "https:");
    // By CLIPScore, the fifth order, the second picture is the better one.
    assertThat(page).containsSubsequence("--o4:1;", "--o4:0;");
  }

  @Test
  void readsResultsWithNumbersAndNames() throws IOException {
    Path file = folder.resolve("results.json");
    Files.writeString(
        file, "[{\"image_id\": 42, \"caption\": \"a\"}, {\"image_id\": \"x\", \"caption\": \"\"}]");
    assertThat(ResultsFile.read(file)).isEqualTo(captions("42", "a", "x", ""));
    Files.write(file, ResultsFile.write(captions("42", "a", "007", "b")));
    assertThat(file)
        .hasContent(
            "[{\"image_id\":42,\"caption\":\"a\"},{\"image_id\":\"007\",\"caption\":\"b\"}]");
    assertThat(ResultsFile.read(file)).isEqualTo(captions("42", "a", "007", "b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | no list of results",
        "[1] | element 0 is no object",
        "[{\"image_id\": 1}] | element 0 has no caption",
        "[{\"caption\": \"a\"}] | element 0 has no image_id",
        "[{\"image_id\": 1.5, \"caption\": \"a\"}] | no image_id",
        "[{\"image_id\": 1, \"caption\": \"a\"}, {\"image_id\": 1, \"caption\": \"b\"}] | two"
            + " captions",
        "[ | bad JSON"
      })
  void refusesWhatAreNoResults(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("results.json"), text);
    assertThatThrownBy(() -> ResultsFile.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void captionsOfAKilledRunStay() throws IOException {
    Path file = folder.resolve("captions.jsonl");
    Map<String, Object> origin = Map.of("model", "abc");
    try (CaptionFile captions = CaptionFile.open(file, origin)) {
      captions.add("1", "a \"dog\"\n");
      captions.add("2", "a cat");
    }
    byte[] whole = Files.readAllBytes(file);
    int second = new String(whole, StandardCharsets.UTF_8).indexOf("{\"id\":\"2\"");
    for (int length = second; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (CaptionFile captions = CaptionFile.open(file, origin)) {
        assertThat(captions.captions()).isEqualTo(captions("1", "a \"dog\"\n"));
        captions.add("2", "a cat");
      }
      assertThat(file).hasBinaryContent(whole);
    }
    for (int length = 0; length < second; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      CaptionFile.open(file, origin).close(); // from nothing, or from the first line alone
    }
  }

  @Test
  void captionsOfAnotherModelAreNotMixedIn() {
    Path file = folder.resolve("captions.jsonl");
    CaptionFile.open(file, Map.of("model", "abc")).close();
    assertThatThrownBy(() -> CaptionFile.open(file, Map.of("model", "def")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("captions of another model");
  }
}
