package org.clipscribe.clip;

import java.util.Arrays;
import java.util.Objects;

/// Turns a picture of any size into the pixels that a vision tower expects, bit for bit as
/// `CLIPImageProcessor` and `ViTImageProcessor` of Hugging Face *transformers* do on top of Pillow.
///
/// The resize is Pillow's with its 8-bit filters: two passes, horizontal first, each rounded and
/// clipped to 8 bits. Only what the centre crop keeps is computed, so that a picture of 1 x 100,000
/// pixels costs no more than any other. Immutable; one instance serves all threads.
public final class ImagePreprocessor {
  private static final int CHANNELS = 3;

  /// Half of the last kept bit, so that cutting off the fraction rounds.
  private static final int HALF = 1 << (Taps.FRACTION_BITS - 1);

  private final PreprocessorConfig config;

  /// `[channel][8-bit value]` -> normalised value.
  private final float[][] normalised;

  public ImagePreprocessor(PreprocessorConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    this.normalised = new float[CHANNELS][256];
    for (int channel = 0; channel < CHANNELS; channel++) {
      float mean = config.mean().get(channel).floatValue();
      float std = config.std().get(channel).floatValue();
      for (int value = 0; value < 256; value++) {
        // Single precision after the first product, as the reference has it.
        float rescaled = (float) (value * config.rescaleFactor());
        normalised[channel][value] = (rescaled - mean) / std;
      }
    }
  }

  public PreprocessorConfig config() {
    return config;
  }

  /// The tower's input.
  ///
  /// @return `[3, height, width]`, red first, about -2 to 3
  public float[] pixels(Image image) {
    float[] pixels = new float[CHANNELS * config.width() * config.height()];
    normalise(crop(image), pixels, 0);
    return pixels;
  }

  /// The tower's input from what it looks at.
  ///
  /// @param crop as [#crop(Image)] gave it
  /// @param pixels receives `[3, height, width]`
  /// @param at index of the first of them
  public void normalise(byte[] crop, float[] pixels, int at) {
    int plane = config.width() * config.height();
    if (crop.length != CHANNELS * plane) {
      throw new IllegalArgumentException(
          "normalise: %d bytes, expected %d x %d x 3"
              .formatted(crop.length, config.height(), config.width()));
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      float[] table = normalised[channel];
      for (int i = 0; i < plane; i++) {
        pixels[at + channel * plane + i] = table[crop[CHANNELS * i + channel] & 0xff];
      }
    }
  }

  /// The picture resized and centre-cropped, before any arithmetic in floating point: what the
  /// tower looks at.
  ///
  /// @return `[height, width, 3]`, 8-bit RGB
  public byte[] crop(Image image) {
    long resizedWidth;
    long resizedHeight;
    switch (config.resize()) {
      case PreprocessorConfig.Resize.ShortestEdge(int pixels) -> {
        int shorter = Math.min(image.width(), image.height());
        resizedWidth = (long) pixels * image.width() / shorter;
        resizedHeight = (long) pixels * image.height() / shorter;
      }
      case PreprocessorConfig.Resize.Exact(int width, int height) -> {
        resizedWidth = width;
        resizedHeight = height;
      }
      case PreprocessorConfig.Resize.None() -> {
        resizedWidth = image.width();
        resizedHeight = image.height();
      }
    }
    // Rounds down also where the picture is smaller than the crop, which is where the reference
    // puts it in the black border. An axis that keeps its size has the weights 0, 1, 0.
    Taps[] columns =
        Taps.window(
            config.filter(),
            image.width(),
            resizedWidth,
            Math.floorDiv(resizedWidth - config.width(), 2L),
            config.width());
    Taps[] rows =
        Taps.window(
            config.filter(),
            image.height(),
            resizedHeight,
            Math.floorDiv(resizedHeight - config.height(), 2L),
            config.height());
    return resample(image, columns, rows);
  }

  /// Both passes at once: each input row is made narrow, then added to the output rows it belongs
  /// to, so that memory is bounded by the output whatever the picture's shape.
  private static byte[] resample(Image image, Taps[] columns, Taps[] rows) {
    int stride = CHANNELS * columns.length;
    int[] sums = new int[rows.length * stride];
    Arrays.fill(sums, HALF);
    byte[] narrow = new byte[stride];
    int firstOpen = 0; // all output rows above are complete
    for (int y = firstInput(rows); y < endInput(rows); y++) {
      narrowRow(image, y, columns, narrow);
      while (rows[firstOpen].end() <= y) {
        firstOpen++;
      }
      for (int row = firstOpen; row < rows.length && rows[row].first() <= y; row++) {
        if (y < rows[row].end()) {
          addRow(rows[row].weights()[y - rows[row].first()], narrow, sums, row * stride);
        }
      }
    }
    byte[] result = new byte[sums.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = clip(sums[i]);
    }
    return result;
  }

  private static int firstInput(Taps[] taps) {
    return Arrays.stream(taps)
        .filter(t -> t.weights().length > 0)
        .mapToInt(Taps::first)
        .min()
        .orElse(0);
  }

  private static int endInput(Taps[] taps) {
    return Arrays.stream(taps).mapToInt(Taps::end).max().orElse(0);
  }

  private static void narrowRow(Image image, int y, Taps[] columns, byte[] narrow) {
    byte[] rgb = image.rgb();
    int to = 0;
    for (Taps taps : columns) {
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int from = CHANNELS * (y * image.width() + taps.first());
      for (int weight : taps.weights()) {
        red += weight * (rgb[from] & 0xff);
        green += weight * (rgb[from + 1] & 0xff);
        blue += weight * (rgb[from + 2] & 0xff);
        from += CHANNELS;
      }
      narrow[to++] = clip(red);
      narrow[to++] = clip(green);
      narrow[to++] = clip(blue);
    }
  }

  private static void addRow(int weight, byte[] narrow, int[] sums, int at) {
    for (int i = 0; i < narrow.length; i++) {
      sums[at + i] += weight * (narrow[i] & 0xff);
    }
  }

  private static byte clip(int sum) {
    return (byte) Math.clamp(sum >> Taps.FRACTION_BITS, 0, 255);
  }
}
