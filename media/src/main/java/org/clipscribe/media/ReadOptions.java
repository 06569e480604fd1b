package org.clipscribe.media;

/// How pictures are read.
///
/// @param upright whether a picture is turned as its EXIF orientation says, which is what its
///     author saw; false leaves it as stored, as the original project does
/// @param allowDamaged whether a damaged picture is used as far as it could be decoded, with a
///     notice, instead of being refused
/// @param maxPixels pictures of more pixels are refused before they are decoded; at most
///     715,827,882
public record ReadOptions(boolean upright, boolean allowDamaged, long maxPixels) {
  /// Where Pillow, which the original reads with, refuses too: twice 2^28 bytes of RGB. A picture
  /// of this size needs about 1.1 GB while it is decoded, an ordinary photo a hundredth.
  public static final long DEFAULT_MAX_PIXELS = 2 * 89_478_485L;

  /// An array of bytes holds no more RGB.
  private static final long MOST_PIXELS = Integer.MAX_VALUE / 3;

  /// Upright, undamaged, up to [#DEFAULT_MAX_PIXELS].
  public static final ReadOptions DEFAULT = new ReadOptions(true, false, DEFAULT_MAX_PIXELS);

  public ReadOptions {
    if (maxPixels < 1 || maxPixels > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "image: limit of %d pixels: expected 1 to %d".formatted(maxPixels, MOST_PIXELS));
    }
  }

  public ReadOptions withUpright(boolean value) {
    return new ReadOptions(value, allowDamaged, maxPixels);
  }

  public ReadOptions withAllowDamaged(boolean value) {
    return new ReadOptions(upright, value, maxPixels);
  }

  public ReadOptions withMaxPixels(long value) {
    return new ReadOptions(upright, allowDamaged, value);
  }
}
