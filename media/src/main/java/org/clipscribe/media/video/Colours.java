package org.clipscribe.media.video;

/// How brightness and colour difference stand for red, green and blue.
///
/// @param matrix coefficients as ITU-T H.273 numbers them; 2 when the file does not say
/// @param fullRange whether brightness goes from 0 to 255 rather than from 16 to 235
record Colours(int matrix, boolean fullRange) {
  static final int UNSPECIFIED = 2;
  private static final int BT_709 = 1;
  private static final int BT_2020 = 9;

  /// Nothing said: BT.601 in limited range, which is also what ffmpeg takes.
  static final Colours UNKNOWN = new Colours(UNSPECIFIED, false);

  /// The share of red in brightness.
  double red() {
    return switch (matrix) {
      case BT_709 -> 0.2126;
      case BT_2020 -> 0.2627;
      default -> 0.299;
    };
  }

  /// The share of blue in brightness.
  double blue() {
    return switch (matrix) {
      case BT_709 -> 0.0722;
      case BT_2020 -> 0.0593;
      default -> 0.114;
    };
  }
}
