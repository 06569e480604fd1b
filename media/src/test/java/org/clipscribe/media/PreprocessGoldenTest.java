package org.clipscribe.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.clip.Image;
import org.clipscribe.clip.ImagePreprocessor;
import org.clipscribe.clip.PreprocessorConfig;
import org.clipscribe.media.Resources.Row;
import org.clipscribe.nn.json.JsonObject;
import org.clipscribe.nn.safetensors.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// From the file to the tower's input, against Pillow and the Hugging Face processor.
@TestInstance(Lifecycle.PER_CLASS)
class PreprocessGoldenTest {
  private static final int SIDE = 224;

  /// Two ways of mapping pictures that are not the reference's by default.
  private static final String GREY16_CLIPPED = "grey16.pillow";

  private static final String OVER_WHITE = "rgba.over_white";

  private static final JsonObject GOLDEN = Resources.json("preprocess/expected.json");

  private final ImageFileReader reader = new ImageFileReader();
  private final ImagePreprocessor preprocessor =
      new ImagePreprocessor(PreprocessorConfig.clip(SIDE));

  /// Every item but the two rules that we do not follow; [#documentsTheRulesNotFollowed] says so.
  static List<Row> items() {
    List<Row> items = new ArrayList<>(Resources.rows(GOLDEN, "items"));
    items.removeIf(i -> i.get("name").equals(GREY16_CLIPPED) || i.get("name").equals(OVER_WHITE));
    return items;
  }

  private Image read(String file) {
    return reader.read(Resources.path("preprocess").resolve(file).normalize()).image();
  }

  @ParameterizedTest
  @MethodSource("items")
  void theTowersInputIsTheReferences(Row item) {
    Image image = read(item.text("file"));
    assertThat(List.of((long) image.width(), (long) image.height())).isEqualTo(item.get("size"));

    float[] pixels = preprocessor.pixels(image);
    int plane = SIDE * SIDE;
    for (int channel = 0; channel < 3; channel++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < plane; i++) {
        sum += pixels[channel * plane + i];
      }
      double mean = sum / plane;
      for (int i = 0; i < plane; i++) {
        squares += Math.pow(pixels[channel * plane + i] - mean, 2);
      }
      // JPEG included: ImageIO decodes them to libjpeg-turbo's bytes. 1e-5 is a thousandth of a
      // grey level, far below what one wrong pixel in a hundred would shift.
      assertThat(mean).isCloseTo(item.number("normalised_mean", channel), within(1e-5));
      assertThat(Math.sqrt(squares / plane))
          .isCloseTo(item.number("normalised_std", channel), within(1e-5));
      for (int pixel = 0; pixel < 3; pixel++) {
        assertThat((double) pixels[channel * plane + pixel])
            .isCloseTo(item.number("first_pixels", 3 * pixel + channel), within(1e-5));
      }
    }
  }

  static List<Row> storedCrops() {
    List<Row> items = new ArrayList<>(items());
    items.removeIf(i -> i.get("crop_stored").equals(false));
    return items;
  }

  @ParameterizedTest
  @MethodSource("storedCrops")
  void everyStoredCropIsEqualBitForBit(Row item) {
    byte[] crop = preprocessor.crop(read(item.text("file")));
    assertThat(crop).isEqualTo(storedBytes(item.text("name")));
  }

  private static byte[] storedBytes(String name) {
    try (SafetensorsFile file =
        SafetensorsFile.open(Resources.path("preprocess/expected.safetensors"))) {
      long[] values = new long[SIDE * SIDE * 3];
      file.readLongs(name, 0, values.length, values);
      byte[] bytes = new byte[values.length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) values[i];
      }
      return bytes;
    }
  }

  /// What Pillow decodes, stored without loss beside it; the profile of `icc_wide_gamut` would
  /// shift colours by up to 46 levels if ImageIO saw it.
  @ParameterizedTest
  @CsvSource({
    "inputs/progressive.jpg, inputs/progressive.decoded.png",
    "inputs/s422.jpg, inputs/s422.decoded.png",
    "inputs/icc_wide_gamut.jpg, inputs/icc_wide_gamut.decoded.png",
    "../photos/000000126107.jpg, inputs/000000126107.decoded.png",
  })
  void jpegsDecodeToPillowsBytes(String jpeg, String decoded) {
    assertThat(read(jpeg).rgb()).isEqualTo(read(decoded).rgb());
  }

  @Test
  void documentsTheRulesNotFollowed() {
    Path grey16 = Resources.path("preprocess/inputs/grey16.png");
    assertThat(reader.read(grey16).notices())
        .singleElement()
        .asString()
        .contains("16-bit grey", "original");
    // Alpha is dropped, not blended over white: then this crop would have the golden rows.
    assertThat(preprocessor.crop(read("inputs/rgba.png"))).isEqualTo(storedBytes("rgba"));
    assertThat(Resources.rows(GOLDEN, "items"))
        .extracting(i -> i.get("name"))
        .contains(GREY16_CLIPPED, OVER_WHITE);
  }

  static List<Row> exif() {
    return Resources.rows(GOLDEN.object("exif"), "items");
  }

  @ParameterizedTest
  @MethodSource("exif")
  void turnsPicturesUprightUnlessToldNotTo(Row item) {
    String file = item.text("file");
    Image upright = read("inputs/exif/upright.png");
    Image image = read(file);
    assertThat(size(image)).isEqualTo(item.get("upright_size"));
    long error = 0;
    for (int i = 0; i < image.rgb().length; i++) {
      error += Math.abs((image.rgb()[i] & 0xff) - (upright.rgb()[i] & 0xff));
    }
    // JPEG loss of this picture is 2.5 levels on average; a wrong turn is off by dozens.
    assertThat((double) error / image.rgb().length)
        .isCloseTo((Double) item.get("mean_abs_error_upright"), within(0.01));

    Image stored =
        new ImageFileReader(ReadOptions.DEFAULT.withUpright(false))
            .read(Resources.path("preprocess").resolve(file))
            .image();
    assertThat(size(stored)).isEqualTo(item.get("stored_size"));
    if (!item.get("orientation").equals(1L)) {
      assertThat(stored.rgb()).isNotEqualTo(image.rgb());
    }
  }

  private static List<Long> size(Image image) {
    return List.of((long) image.width(), (long) image.height());
  }
}
