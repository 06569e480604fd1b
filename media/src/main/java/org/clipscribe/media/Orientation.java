package org.clipscribe.media;

import org.clipscribe.clip.Image;

/// Turns a picture upright.
public final class Orientation {
  private Orientation() {}

  /// @param orientation as EXIF numbers it: 1 upright, 2 mirrored, 3 upside down, 4 both, 5 to 8
  ///     the same with rows and columns swapped
  public static Image upright(Image stored, int orientation) {
    if (orientation == 1) {
      return stored;
    }
    boolean swapped = orientation >= 5;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int width = swapped ? stored.height() : stored.width();
    int height = swapped ? stored.width() : stored.height();
    byte[] from = stored.rgb();
    byte[] rgb = new byte[from.length];
    int to = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = swapped ? y : x;
        int row = swapped ? x : y;
        int at =
            3
                * ((fromBottom ? stored.height() - 1 - row : row) * stored.width()
                    + (fromRight ? stored.width() - 1 - column : column));
        rgb[to] = from[at];
        rgb[to + 1] = from[at + 1];
        rgb[to + 2] = from[at + 2];
        to += 3;
      }
    }
    return new Image(width, height, rgb);
  }
}
