package org.clipscribe.media;

import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import org.clipscribe.clip.Image;

/// Puts the first frame of a GIF file where it belongs, as Pillow shows it.
final class GifCanvas {
  /// First row and step of the passes of an interlaced frame.
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private static final int[][] ONE_PASS = {{0, 1}};

  private GifCanvas() {}

  /// @param stored the frame, rows in the order of the file
  /// @param colours of the frame
  static Image place(Image stored, Scan scan, Scan.Frame frame, ColorModel colours) {
    int width = (int) scan.width();
    int height = (int) scan.height();
    if (!frame.interlaced() && stored.width() == width && stored.height() == height) {
      return stored;
    }
    byte[] rgb = new byte[3 * width * height];
    if (colours instanceof IndexColorModel palette && frame.background() < palette.getMapSize()) {
      fill(rgb, palette.getRGB(frame.background()));
    }
    int row = 0;
    for (int[] pass : frame.interlaced() ? PASSES : ONE_PASS) {
      for (int y = pass[0]; y < frame.height(); y += pass[1]) {
        int to = 3 * ((frame.top() + y) * width + frame.left());
        System.arraycopy(stored.rgb(), 3 * row * frame.width(), rgb, to, 3 * frame.width());
        row++;
      }
    }
    return new Image(width, height, rgb);
  }

  private static void fill(byte[] rgb, int colour) {
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) (colour >> 16);
      rgb[i + 1] = (byte) (colour >> 8);
      rgb[i + 2] = (byte) colour;
    }
  }
}
