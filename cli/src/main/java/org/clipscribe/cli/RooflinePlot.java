package org.clipscribe.cli;

import java.util.ArrayList;
import java.util.List;
import org.clipscribe.cli.Roofline.Part;
import org.clipscribe.media.Drawing;
import org.clipscribe.media.Drawing.Anchor;
import org.clipscribe.media.Drawing.Area;
import org.clipscribe.media.Drawing.Dot;
import org.clipscribe.media.Drawing.Label;
import org.clipscribe.media.Drawing.Line;
import org.clipscribe.media.Drawing.Mark;

/// Draws a roofline: speed over operations for each byte, both on logarithmic axes. The roof is
/// what the machine can do, the dots are what was reached, and the dashed lines what is missing.
final class RooflinePlot {
  private static final int WIDTH = 880;
  private static final int HEIGHT = 540;
  private static final double LEFT = 84;
  private static final double RIGHT = 856;
  private static final double TOP = 84;
  private static final double BOTTOM = 472;

  private static final int INK = 0x24292f;
  private static final int GREY = 0x6e7781;
  private static final int GRID = 0xe6eaef;
  private static final int UNDER = 0xf2f7fd;
  private static final int ROOF = 0x0550ae;
  private static final int[] COLOURS = {0xbc4c00, 0x1a7f37, 0x8250df, 0xbf3989};

  private final Roofline roofline;
  private final List<Mark> marks = new ArrayList<>();
  private final double lowX;
  private final double highX;
  private final double lowY;
  private final double highY;

  private RooflinePlot(Roofline roofline) {
    this.roofline = roofline;
    double ridge = roofline.operationsPerSecond() / roofline.bytesPerSecond();
    double leastX = ridge;
    double mostX = ridge;
    double leastY = roofline.operationsPerSecond();
    for (Part part : roofline.parts()) {
      leastX = Math.min(leastX, roofline.intensity(part));
      mostX = Math.max(mostX, roofline.intensity(part));
      leastY = Math.min(leastY, part.operationsPerSecond());
    }
    // Whole decades would waste half the picture; a factor of three is room for the labels.
    lowX = leastX / 3;
    highX = mostX * 4;
    lowY = Math.min(leastY, lowX * roofline.bytesPerSecond()) / 1.5;
    highY = roofline.operationsPerSecond() * 2.2;
  }

  /// @param roofline with known limits
  static Drawing draw(Roofline roofline) {
    RooflinePlot plot = new RooflinePlot(roofline);
    plot.axes();
    plot.roof();
    for (int i = 0; i < roofline.parts().size(); i++) {
      plot.dot(roofline.parts().get(i), COLOURS[i % COLOURS.length]);
    }
    return new Drawing(WIDTH, HEIGHT, plot.marks);
  }

  private double x(double intensity) {
    return LEFT + (RIGHT - LEFT) * Math.log(intensity / lowX) / Math.log(highX / lowX);
  }

  private double y(double operationsPerSecond) {
    return BOTTOM - (BOTTOM - TOP) * Math.log(operationsPerSecond / lowY) / Math.log(highY / lowY);
  }

  private double roof(double intensity) {
    return Math.min(roofline.operationsPerSecond(), intensity * roofline.bytesPerSecond());
  }

  private void text(double x, double y, String text, double size, int colour, Anchor anchor) {
    marks.add(new Label(x, y, text, size, colour, false, anchor, false));
  }

  private void line(int colour, double thickness, boolean dashed, Double... points) {
    marks.add(new Line(List.of(points), colour, thickness, dashed));
  }

  private void axes() {
    double ridge = roofline.operationsPerSecond() / roofline.bytesPerSecond();
    marks.add(
        new Area(
            List.of(
                LEFT,
                y(roof(lowX)),
                x(ridge),
                y(roof(ridge)),
                RIGHT,
                y(roof(highX)),
                RIGHT,
                BOTTOM,
                LEFT,
                BOTTOM),
            UNDER));
    for (double tick : ticks(lowX, highX)) {
      line(GRID, 1, false, x(tick), TOP, x(tick), BOTTOM);
      text(x(tick), BOTTOM + 20, plain(tick), 12, GREY, Anchor.MIDDLE);
    }
    for (double tick : ticks(lowY * 1e-9, highY * 1e-9)) {
      line(GRID, 1, false, LEFT, y(tick * 1e9), RIGHT, y(tick * 1e9));
      text(LEFT - 10, y(tick * 1e9) + 4, plain(tick), 12, GREY, Anchor.END);
    }
    line(GREY, 1, false, LEFT, TOP, LEFT, BOTTOM, RIGHT, BOTTOM);
    marks.add(new Label(LEFT, 34, "How near to its limits?", 20, INK, true, Anchor.START, false));
    text(LEFT, 58, roofline.machine(), 13, GREY, Anchor.START);
    text(
        (LEFT + RIGHT) / 2,
        BOTTOM + 46,
        "floating point operations for each byte of weights",
        13,
        INK,
        Anchor.MIDDLE);
    marks.add(new Label(26, (TOP + BOTTOM) / 2, "GFLOP/s", 13, INK, false, Anchor.MIDDLE, true));
  }

  private void roof() {
    double ridge = roofline.operationsPerSecond() / roofline.bytesPerSecond();
    line(ROOF, 2.5, false, LEFT, y(roof(lowX)), x(ridge), y(roof(ridge)), RIGHT, y(roof(highX)));
    text(
        RIGHT,
        y(roofline.operationsPerSecond()) - 10,
        "multiply-add: " + Roofline.number(roofline.operationsPerSecond() * 1e-9) + " GFLOP/s",
        13,
        ROOF,
        Anchor.END);
    // Above the slope, where nothing else can be.
    double at = Math.sqrt(lowX * ridge);
    text(
        x(at) - 14,
        y(roof(at)) - 12,
        "memory: " + Roofline.number(roofline.bytesPerSecond() * 1e-9) + " GB/s",
        13,
        ROOF,
        Anchor.END);
  }

  private void dot(Part part, int colour) {
    double x = x(roofline.intensity(part));
    double y = y(part.operationsPerSecond());
    line(colour, 1.5, true, x, y, x, y(roof(roofline.intensity(part))));
    marks.add(new Dot(x, y, 7, colour));
    double below = y + 26;
    marks.add(new Label(x, below, part.name(), 13, colour, true, Anchor.MIDDLE, false));
    text(
        x,
        below + 17,
        Roofline.number(part.seconds() * 1e3)
            + " ms, "
            + Roofline.percent(roofline.share(part))
            + " of the roof",
        12,
        INK,
        Anchor.MIDDLE);
  }

  /// 1, 2 and 5 of each decade.
  private static List<Double> ticks(double low, double high) {
    List<Double> ticks = new ArrayList<>();
    for (double decade = Math.pow(10, Math.floor(Math.log10(low))); decade <= high; decade *= 10) {
      for (double step : new double[] {1, 2, 5}) {
        if (step * decade >= low && step * decade <= high) {
          ticks.add(step * decade);
        }
      }
    }
    return ticks;
  }

  private static String plain(double tick) {
    return tick >= 1
        ? Long.toString(Math.round(tick))
        : java.math.BigDecimal.valueOf(tick)
            .round(new java.math.MathContext(1))
            .stripTrailingZeros()
            .toPlainString();
  }
}
