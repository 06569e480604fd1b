package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.clipscribe.clip.Image;
import org.clipscribe.media.CaptionOverlay.Placement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What can be said of a drawing without comparing glyphs, which differ from system to system.
class CaptionOverlayTest {
  private static Image plain(int width, int height, int level) {
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) level);
    return new Image(width, height, rgb);
  }

  private static int level(Image image, int x, int y) {
    return image.rgb()[3 * (y * image.width() + x) + 1] & 0xff;
  }

  /// Rows in which something differs from the colour at their left end.
  private static int rowsWithInk(Image image, int from) {
    int rows = 0;
    for (int y = from; y < image.height(); y++) {
      boolean ink = false;
      for (int x = 0; x < image.width(); x++) {
        ink |= Math.abs(level(image, x, y) - level(image, 0, y)) > 100;
      }
      rows += ink ? 1 : 0;
    }
    return rows;
  }

  @Test
  void underLeavesThePictureAsItIsAndAddsABandWithTheCaption() {
    Image image = Pictures.pixels(Pictures.sample(640, 480));
    Image drawn = CaptionOverlay.draw(image, "Two cats asleep on a sofa.", Placement.UNDER);
    assertThat(drawn.width()).isEqualTo(640);
    assertThat(drawn.height()).isBetween(480 + 40, 480 + 120);
    assertThat(Arrays.copyOf(drawn.rgb(), image.rgb().length)).isEqualTo(image.rgb());
    assertThat(level(drawn, 0, 480)).isEqualTo(255);
    assertThat(rowsWithInk(drawn, 480)).isBetween(10, 40);
    assertSymmetric(drawn, 480);
  }

  /// Centred: as much white at the left of all ink as at the right.
  private static void assertSymmetric(Image drawn, int from) {
    int left = drawn.width();
    int right = 0;
    for (int y = from; y < drawn.height(); y++) {
      for (int x = 0; x < drawn.width(); x++) {
        if (level(drawn, x, y) < 128) {
          left = Math.min(left, x);
          right = Math.max(right, x);
        }
      }
    }
    assertThat(Math.abs(left - (drawn.width() - 1 - right))).as("off centre").isLessThan(6);
  }

  @Test
  void overKeepsTheSizeAndDarkensOnlyTheLowerPart() {
    Image image = plain(640, 480, 255);
    Image drawn = CaptionOverlay.draw(image, "Two cats asleep on a sofa.", Placement.OVER);
    assertThat(drawn.width()).isEqualTo(640);
    assertThat(drawn.height()).isEqualTo(480);
    assertThat(level(drawn, 5, 240)).isEqualTo(255);
    assertThat(level(drawn, 5, 479)).isLessThan(90);
    assertThat(rowsWithInk(drawn, 240)).isBetween(10, 40);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4000", "4000, 1", "2, 3", "300, 40", "5000, 3000", "3000, 5000"})
  void anyShapeGivesASheetToLookAt(int width, int height) {
    for (Placement placement : Placement.values()) {
      Image drawn = CaptionOverlay.draw(plain(width, height, 120), "A small thing", placement);
      assertThat(drawn.width()).isBetween(320, 1920);
      assertThat(drawn.height()).isBetween(30, 2300);
      assertThat(rowsWithInk(drawn, 0)).isPositive();
    }
  }

  @Test
  void longCaptionsAreWrappedAndInTheEndCut() {
    Image image = plain(400, 100, 0);
    int oneLine = CaptionOverlay.draw(image, "word", Placement.UNDER).height();
    int longer = CaptionOverlay.draw(image, "word ".repeat(30), Placement.UNDER).height();
    int longest = CaptionOverlay.draw(image, "word ".repeat(300), Placement.OVER).height();
    assertThat(longer).isGreaterThan(oneLine);
    assertThat(longest).isGreaterThan(longer);
    assertThat(CaptionOverlay.draw(image, "word ".repeat(100_000), Placement.UNDER).height())
        .isEqualTo(longest);
    assertThat(CaptionOverlay.draw(image, "x".repeat(500), Placement.UNDER).width()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   \n\t "})
  void noCaptionLeavesNoBand(String caption) {
    Image image = plain(400, 300, 77);
    for (Placement placement : Placement.values()) {
      assertThat(CaptionOverlay.draw(image, caption, placement).rgb()).isEqualTo(image.rgb());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u0000b\u001b[31m\r\nc", "\u4e00\u53ea\u732b", "\u0642\u0637\u0629 cat",
        "\ud83d\ude00 \ud83d", "e\u0301\u0301\u0301", "\u202e\u2066"
      })
  void anyTextIsDrawnWithoutAnError(String caption) {
    assertThat(CaptionOverlay.draw(plain(400, 300, 0), caption, Placement.UNDER).height())
        .isGreaterThan(300);
  }

  @Test
  void jpegsAreWrittenWholeAndReplaceWhatWasThere(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("a-RS.jpg");
    Files.writeString(file, "old");
    JpegWriter.write(plain(64, 48, 200), file);
    Image back = new ImageFileReader().read(file).image();
    assertThat(back.width()).isEqualTo(64);
    assertThat(level(back, 30, 20)).isBetween(198, 202); // JPEG rounds
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFolderThatIsMissingIsMade(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("missing/a.jpg");
    JpegWriter.write(plain(4, 4, 0), file);
    assertThat(file).isRegularFile();
  }

  @Test
  void aFolderThatCannotBeMadeIsAnErrorThatNamesIt(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("file"), "in the way");
    assertThatThrownBy(() -> JpegWriter.write(plain(4, 4, 0), folder.resolve("file/a.jpg")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file");
  }
}
