package org.clipscribe.media;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.clipscribe.clip.Image;

/// Small copies of pictures, for pages.
public final class Thumbnail {
  private Thumbnail() {}

  /// The picture itself if it is not wider.
  ///
  /// @param width at most, in pixels, at least 1
  public static Image of(Image image, int width) {
    if (image.width() <= width) {
      return image;
    }
    int height = Math.max(1, Math.round((float) image.height() * width / image.width()));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    // Halving first: a bilinear filter looks at four pixels only, whatever lies between.
    graphics.drawImage(CaptionOverlay.buffered(halved(image, width)), 0, 0, width, height, null);
    graphics.dispose();
    return CaptionOverlay.pixels(small);
  }

  private static Image halved(Image image, int width) {
    Image half = image;
    while (half.width() >= 2 * width && half.height() >= 2) {
      half = half(half);
    }
    return half;
  }

  private static Image half(Image image) {
    int width = image.width() / 2;
    int height = image.height() / 2;
    byte[] rgb = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < 3; channel++) {
          int at = 3 * (2 * y * image.width() + 2 * x) + channel;
          int below = at + 3 * image.width();
          int sum =
              (image.rgb()[at] & 0xff)
                  + (image.rgb()[at + 3] & 0xff)
                  + (image.rgb()[below] & 0xff)
                  + (image.rgb()[below + 3] & 0xff);
          rgb[3 * (y * width + x) + channel] = (byte) ((sum + 2) / 4);
        }
      }
    }
    return new Image(width, height, rgb);
  }

  /// A JPEG as the `src` of an HTML image.
  ///
  /// @param width at most, in pixels
  public static String dataUrl(Image image, int width) {
    try {
      byte[] jpeg = JpegWriter.encode(of(image, width));
      return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(jpeg);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is written to memory
    }
  }
}
