package org.clipscribe.media.video;

import org.clipscribe.captioner.video.FrameSource.Survey;
import org.clipscribe.clip.Image;

/// The brightness of frames on a small grid, for frames that are RGB already.
final class LumaGrid {
  private LumaGrid() {}

  static byte[] of(Image image) {
    byte[] luma = new byte[Survey.SIDE * Survey.SIDE];
    for (int row = 0; row < Survey.SIDE; row++) {
      for (int column = 0; column < Survey.SIDE; column++) {
        luma[row * Survey.SIDE + column] = (byte) mean(image, row, column);
      }
    }
    return luma;
  }

  private static long mean(Image image, int row, int column) {
    int top = image.height() * row / Survey.SIDE;
    int bottom = Math.max(top + 1, image.height() * (row + 1) / Survey.SIDE);
    int left = image.width() * column / Survey.SIDE;
    int right = Math.max(left + 1, image.width() * (column + 1) / Survey.SIDE);
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int at = 3 * (y * image.width() + x);
        int red = image.rgb()[at] & 0xff;
        int green = image.rgb()[at + 1] & 0xff;
        int blue = image.rgb()[at + 2] & 0xff;
        sum += (299L * red + 587L * green + 114L * blue) / 1000;
      }
    }
    return sum / ((long) (bottom - top) * (right - left));
  }
}
