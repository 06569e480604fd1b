package org.clipscribe.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.clipscribe.clip.PreprocessorConfig.Resize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Properties of the resize and crop; that the bytes are Pillow's is tested in `media`, where the
/// golden pictures can be decoded.
class ImagePreprocessorTest {
  private static Image random(int width, int height) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(width);
    byte[] rgb = new byte[3 * width * height];
    random.nextBytes(rgb);
    return new Image(width, height, rgb);
  }

  private static PreprocessorConfig only(Resize resize, int width, int height) {
    return new PreprocessorConfig(
        resize, width, height, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4000", "4000, 1", "223, 225", "1, 10000000", "3000, 7"})
  void aFlatPictureOfAnyShapeStaysFlat(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i % 3 * 100 + 7);
    }
    byte[] crop =
        new ImagePreprocessor(PreprocessorConfig.clip(224)).crop(new Image(width, height, rgb));
    assertThat(crop).hasSize(224 * 224 * 3);
    for (int i = 0; i < crop.length; i++) {
      assertThat(crop[i]).isEqualTo((byte) (i % 3 * 100 + 7));
    }
  }

  @Test
  void thePictureOfTheRightSizePassesUnchanged() {
    Image image = random(224, 224);
    assertThat(new ImagePreprocessor(PreprocessorConfig.clip(224)).crop(image))
        .isEqualTo(image.rgb());
  }

  /// The reference rounds half a pixel down where it crops, and up where it pads.
  @Test
  void cropsAndPadsAroundTheCentre() {
    Image image =
        new Image(3, 2, new byte[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6});
    byte[] crop = new ImagePreprocessor(only(new Resize.None(), 2, 5)).crop(image);
    byte[][] grey = new byte[5][2];
    for (int i = 0; i < 10; i++) {
      grey[i / 2][i % 2] = crop[3 * i];
    }
    assertThat(grey).isDeepEqualTo(new byte[][] {{0, 0}, {0, 0}, {1, 2}, {4, 5}, {0, 0}});
  }

  /// The window that is computed is the window of the whole: resizing exactly and cropping by hand
  /// gives the same.
  @ParameterizedTest
  @CsvSource({"97, 143, 32", "300, 187, 64", "5, 4, 16", "40, 41, 40"})
  void theCropIsAWindowOfTheWholeResize(int width, int height, int size) {
    Image image = random(width, height);
    int shorter = Math.min(width, height);
    int wide = size * width / shorter;
    int high = size * height / shorter;
    byte[] whole =
        new ImagePreprocessor(only(new Resize.Exact(wide, high), wide, high)).crop(image);
    byte[] crop = new ImagePreprocessor(PreprocessorConfig.clip(size)).crop(image);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < 3 * size; x++) {
        int at = 3 * wide * (y + (high - size) / 2) + 3 * ((wide - size) / 2) + x;
        assertThat(crop[3 * size * y + x]).isEqualTo(whole[at]);
      }
    }
  }

  @Test
  void normalisesChannelFirst() {
    PreprocessorConfig config = PreprocessorConfig.clip(1);
    float[] pixels =
        new ImagePreprocessor(config).pixels(new Image(1, 1, new byte[] {0, (byte) 128, -1}));
    for (int channel = 0; channel < 3; channel++) {
      double value = new int[] {0, 128, 255}[channel] / 255.0;
      double expected = (value - config.mean().get(channel)) / config.std().get(channel);
      // Three roundings to float of values near 2.
      assertThat((double) pixels[channel])
          .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
    }
  }
}
