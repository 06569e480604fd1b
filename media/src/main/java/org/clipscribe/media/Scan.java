package org.clipscribe.media;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a picture file says about itself, read without decoding a pixel.
///
/// The decoder is given `head` and then bytes `from` to `to` of the file: the picture without the
/// parts that would let ImageIO depart from the reference, such as a colour profile.
///
/// @param format which decoder it takes
/// @param width of the picture as stored, from the header; not checked
/// @param height likewise
/// @param mostPixels what the file's bytes can hold at the format's best compression; a header that
///     promises more lies
/// @param orientation as EXIF numbers it, 1 (upright) to 8
/// @param head replaces the bytes before `from`
/// @param damage what is wrong with the file, or null
/// @param notices what a reader should know, such as further pictures that are ignored
/// @param frame where the decoded pixels go if they do not fill the picture (GIF), or null
record Scan(
    Format format,
    long width,
    long height,
    long mostPixels,
    int orientation,
    byte[] head,
    int from,
    int to,
    @Nullable String damage,
    List<String> notices,
    @Nullable Frame frame) {

  /// Part of a canvas.
  ///
  /// @param interlaced whether its rows are stored in GIF's four passes
  /// @param background palette index around it
  record Frame(int left, int top, int width, int height, boolean interlaced, int background) {}

  /// Formats that can be read, by ImageIO's name of the reader.
  enum Format {
    JPEG,
    PNG,
    GIF,
    BMP,
    TIFF
  }

  /// A file that is handed to the decoder whole.
  ///
  /// @param bitsPerPixel of uncompressed pixels, 0 if they are compressed
  static Scan whole(
      Format format,
      long width,
      long height,
      long bitsPerPixel,
      int orientation,
      byte[] file,
      List<String> notices) {
    return new Scan(
        format,
        width,
        height,
        bitsPerPixel == 0 ? Long.MAX_VALUE : 8L * file.length / bitsPerPixel,
        orientation,
        new byte[0],
        0,
        file.length,
        null,
        notices,
        null);
  }
}
