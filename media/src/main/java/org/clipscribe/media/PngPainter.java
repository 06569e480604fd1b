package org.clipscribe.media;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.clipscribe.media.Drawing.Area;
import org.clipscribe.media.Drawing.Dot;
import org.clipscribe.media.Drawing.Label;
import org.clipscribe.media.Drawing.Line;
import org.clipscribe.media.Drawing.Mark;

/// Paints a drawing with Java2D.
final class PngPainter {
  private static final float DASH = 5;

  private final Graphics2D g;

  private PngPainter(Graphics2D g) {
    this.g = g;
  }

  static byte[] paint(Drawing drawing, int scale) {
    CaptionOverlay.requireFonts();
    BufferedImage image =
        new BufferedImage(
            scale * drawing.width(), scale * drawing.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    g.scale(scale, scale);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, drawing.width(), drawing.height());
    PngPainter painter = new PngPainter(g);
    drawing.marks().forEach(painter::draw);
    g.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  private void draw(Mark mark) {
    switch (mark) {
      case Line line -> {
        g.setColor(new Color(line.colour()));
        g.setStroke(stroke((float) line.thickness(), line.dashed()));
        g.draw(path(line.points()));
      }
      case Area area -> {
        g.setColor(new Color(area.colour()));
        g.fill(path(area.points()));
      }
      case Dot dot -> {
        double radius = dot.radius();
        var disc = new Ellipse2D.Double(dot.x() - radius, dot.y() - radius, 2 * radius, 2 * radius);
        g.setColor(new Color(dot.colour()));
        g.fill(disc);
        g.setColor(Color.WHITE);
        g.setStroke(stroke(2, false));
        g.draw(disc);
      }
      case Label label -> text(label);
    }
  }

  private static BasicStroke stroke(float thickness, boolean dashed) {
    float[] dashes = dashed ? new float[] {DASH, DASH} : null;
    return new BasicStroke(thickness, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0);
  }

  private static Path2D path(List<Double> points) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < points.size(); i += 2) {
      if (i == 0) {
        path.moveTo(points.get(i), points.get(i + 1));
      } else {
        path.lineTo(points.get(i), points.get(i + 1));
      }
    }
    return path;
  }

  private void text(Label label) {
    int style = label.bold() ? Font.BOLD : Font.PLAIN;
    Font font = new Font(Font.SANS_SERIF, style, 1).deriveFont((float) label.size());
    TextLayout layout = new TextLayout(label.text(), font, g.getFontRenderContext());
    float shift =
        switch (label.anchor()) {
          case START -> 0;
          case MIDDLE -> -layout.getAdvance() / 2;
          case END -> -layout.getAdvance();
        };
    AffineTransform before = g.getTransform();
    g.translate(label.x(), label.y());
    if (label.turned()) {
      g.rotate(-Math.PI / 2);
    }
    g.setColor(new Color(label.colour()));
    layout.draw(g, shift, 0);
    g.setTransform(before);
  }
}
