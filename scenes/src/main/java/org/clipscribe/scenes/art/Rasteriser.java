package org.clipscribe.scenes.art;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.DocumentLimits;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.parser.resources.ResourcePolicy;
import com.github.weisj.jsvg.view.ViewBox;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.clipscribe.nn.BadInputException;

/// Draws an SVG, cuts off what is empty around it and scales it to a square of a given size.
///
/// The drawing is untrusted: [SvgRules] has looked at its text, nothing is loaded from elsewhere,
/// nesting and number of paths are limited.
final class Rasteriser {
  /// Drawn larger and then averaged: four or more samples to a pixel each way.
  private static final int LARGE = 512;

  private static final DocumentLimits LIMITS = new DocumentLimits(40, 20, 5000);

  private final int size;
  private final int margin;

  Rasteriser(int size, int margin) {
    this.size = size;
    this.margin = margin;
  }

  /// @return `size * size` pixels, red, green, blue, opacity
  byte[] draw(String svg, String origin) {
    BufferedImage large = large(svg, origin);
    int left = LARGE;
    int top = LARGE;
    int right = -1;
    int bottom = -1;
    for (int i = 0; i < LARGE * LARGE; i++) {
      int x = i % LARGE;
      int y = i / LARGE;
      if ((large.getRGB(x, y) >>> 24) > 8) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
    }
    if (right < left) {
      throw new BadInputException(origin, "the drawing is empty");
    }
    int side = Math.max(right - left, bottom - top) + 1;
    double scale = (double) side / (size - 2 * margin);
    double x0 = (left + right + 1) / 2.0 - scale * size / 2;
    double y0 = (top + bottom + 1) / 2.0 - scale * size / 2;
    byte[] rgba = new byte[4 * size * size];
    for (int i = 0; i < size * size; i++) {
      double x = x0 + scale * (i % size);
      double y = y0 + scale * (i / size);
      average(large, x, y, scale, rgba, 4 * i);
    }
    return rgba;
  }

  private static BufferedImage large(String svg, String origin) {
    LoaderContext context =
        LoaderContext.builder()
            .externalResourcePolicy(ResourcePolicy.DENY_ALL)
            .documentLimits(LIMITS)
            .build();
    SVGDocument document =
        new SVGLoader()
            .load(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)), null, context);
    if (document == null) {
      throw new BadInputException(origin, "is not a drawing that can be read");
    }
    BufferedImage image = new BufferedImage(LARGE, LARGE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    document.render(null, graphics, new ViewBox(LARGE, LARGE));
    graphics.dispose();
    return image;
  }

  /// The mean of a square of pixels, colours weighted by opacity. Outside the picture nothing is
  /// drawn.
  private static void average(
      BufferedImage image, double x0, double y0, double scale, byte[] rgba, int at) {
    double[] sum = new double[4];
    int fromY = (int) Math.floor(y0);
    int fromX = (int) Math.floor(x0);
    for (int y = fromY; y < y0 + scale; y++) {
      double tall = Math.min(y + 1, y0 + scale) - Math.max(y, y0);
      for (int x = fromX; x < x0 + scale; x++) {
        if (x < 0 || y < 0 || x >= LARGE || y >= LARGE) {
          continue;
        }
        double area = tall * (Math.min(x + 1, x0 + scale) - Math.max(x, x0));
        int argb = image.getRGB(x, y);
        double alpha = area * (argb >>> 24);
        sum[0] += alpha * ((argb >>> 16) & 255);
        sum[1] += alpha * ((argb >>> 8) & 255);
        sum[2] += alpha * (argb & 255);
        sum[3] += alpha;
      }
    }
    for (int c = 0; c < 3 && sum[3] > 0; c++) {
      rgba[at + c] = (byte) Math.round(sum[c] / sum[3]);
    }
    rgba[at + 3] = (byte) Math.round(sum[3] / (scale * scale));
  }
}
