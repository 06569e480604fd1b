package org.clipscribe.media;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import org.clipscribe.clip.Image;

/// Small pictures for pages with many of them.
public final class Thumbnails {
  /// At the size of a stamp nobody sees more.
  private static final float QUALITY = 0.8f;

  private Thumbnails() {}

  /// A JPEG file of a picture.
  ///
  /// @param side the most pixels in either direction; a smaller picture keeps its size
  public static byte[] jpeg(Image image, int side) throws IOException {
    return JpegWriter.encode(shrunk(CaptionOverlay.buffered(image), side), QUALITY);
  }

  /// Halved until one more step does it: each step then looks at every pixel.
  private static BufferedImage shrunk(BufferedImage image, int side) {
    BufferedImage current = image;
    while (Math.max(current.getWidth(), current.getHeight()) > side) {
      double scale = (double) side / Math.max(current.getWidth(), current.getHeight());
      current = scaled(current, Math.max(scale, 0.5));
    }
    return current;
  }

  private static BufferedImage scaled(BufferedImage image, double scale) {
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
