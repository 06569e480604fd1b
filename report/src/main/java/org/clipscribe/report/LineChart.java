package org.clipscribe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/// Lines over a common axis, as SVG that takes its colours from the [Page] around it.
///
/// @param title what is shown; names of units in it
/// @param xName what runs to the right
/// @param series at most six, drawn in the page's colours in this order
public record LineChart(String title, String xName, List<Series> series) {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 300;
  private static final int LEFT = 62;
  private static final int RIGHT = 22;
  private static final int TOP = 14;
  private static final int BOTTOM = 44;

  /// Room for title and legend above a chart that is a file of its own.
  private static final int HEAD = 50;

  /// With more dots a line is easier to read without them.
  private static final int MOST_DOTS = 40;

  public LineChart {
    series = List.copyOf(series);
  }

  /// The chart with its title and legend and, where all values are positive, a switch between a
  /// linear and a logarithmic scale that works without a script.
  ///
  /// @param id unique in the page: letters, digits and hyphens
  /// @param logarithmicFirst which of the two shows at first
  public Html html(String id, boolean logarithmicFirst) {
    boolean both = canBeLogarithmic();
    boolean logarithmic = both && logarithmicFirst;
    StringBuilder code = new StringBuilder();
    code.append("<figure class=\"chart\">");
    if (both) {
      // They float to the right, so that the last one stands first.
      radio(code, id, "log", "log", logarithmic);
      radio(code, id, "lin", "linear", !logarithmic);
    }
    code.append("<figcaption>").append(Html.text(title).code()).append("</figcaption>");
    legend(code);
    if (points(false).isEmpty()) {
      code.append("<p class=\"quiet\">No values yet.</p>");
    } else {
      code.append("<div class=\"plot lin\">").append(svg(false)).append("</div>");
      if (both) {
        code.append("<div class=\"plot log\">").append(svg(true)).append("</div>");
      }
    }
    return new Html(code.append("</figure>").toString());
  }

  /// The chart as an SVG file of its own, on white, with title and legend.
  public String file() {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      names.append(
          "<tspan class=\"s%d\" dx=\"%d\">%s</tspan>"
              .formatted(i + 1, i == 0 ? 0 : 14, Html.attribute(series.get(i).name())));
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">
        <style>%s</style>
        <rect width="100%%" height="100%%" fill="#fff"/>
        <text class="title" x="%d" y="20">%s</text>
        <text class="names" x="%d" y="40">%s</text>
        <g transform="translate(0 %d)">%s</g>
        </svg>
        """
        .formatted(
            WIDTH,
            HEIGHT + HEAD,
            WIDTH,
            HEIGHT + HEAD,
            Style.CHART_FILE,
            LEFT,
            Html.attribute(title),
            LEFT,
            names,
            HEAD,
            points(false).isEmpty() ? "" : drawing(false));
  }

  private static void radio(StringBuilder code, String id, String kind, String name, boolean on) {
    code.append(
        "<input type=\"radio\" name=\"%s\" id=\"%s-%s\" class=\"pick-%s\"%s><label for=\"%s-%s\">%s</label>"
            .formatted(id, id, kind, kind, on ? " checked" : "", id, kind, name));
  }

  private void legend(StringBuilder code) {
    code.append("<ul class=\"legend\">");
    for (int i = 0; i < series.size(); i++) {
      Series line = series.get(i);
      String last = line.y().length == 0 ? "" : Axis.label(line.y()[line.y().length - 1]);
      code.append("<li class=\"s").append(i + 1).append("\">");
      code.append(Html.text(line.name()).code());
      code.append(" <b>").append(Html.attribute(last)).append("</b></li>");
    }
    code.append("</ul>");
  }

  private boolean canBeLogarithmic() {
    List<Series.Point> all = points(false);
    double low = all.stream().mapToDouble(Series.Point::y).min().orElse(0);
    double high = all.stream().mapToDouble(Series.Point::y).max().orElse(0);
    return low > 0 && high > low;
  }

  private List<Series.Point> points(boolean positive) {
    return series.stream().flatMap(line -> line.points(positive).stream()).toList();
  }

  private String svg(boolean logarithmic) {
    return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%s</svg>"
        .formatted(WIDTH, HEIGHT, Html.attribute(title), drawing(logarithmic));
  }

  private String drawing(boolean logarithmic) {
    List<Series.Point> all = points(logarithmic);
    DoubleStream.Builder ys = DoubleStream.builder();
    all.forEach(point -> ys.add(point.y()));
    double[] sorted = ys.build().sorted().toArray();
    double low = sorted[0];
    double high = sorted[sorted.length - 1];
    Axis y =
        logarithmic
            ? Axis.logarithmic(low, high)
            : Axis.linear(Math.min(low, baseline(low, high)), high, 5);
    double xLow = all.stream().mapToDouble(Series.Point::x).min().orElse(0);
    double xHigh = all.stream().mapToDouble(Series.Point::x).max().orElse(1);
    Axis x = Axis.linear(xLow <= xHigh / 4 && xLow >= 0 ? 0 : xLow, xHigh, 6).endingAt(xHigh);
    StringBuilder svg = new StringBuilder();
    drawAxes(svg, x, y);
    for (int i = 0; i < series.size(); i++) {
      draw(svg, series.get(i), i + 1, x, y);
    }
    return svg.toString();
  }

  /// Zero, when the values come near it.
  private static double baseline(double low, double high) {
    return low > 0 && low < high / 3 ? 0 : low;
  }

  private void drawAxes(StringBuilder svg, Axis x, Axis y) {
    int bottom = HEIGHT - BOTTOM;
    for (double tick : y.ticks()) {
      double at = down(y, tick);
      svg.append(line("grid", LEFT, at, WIDTH - RIGHT, at));
      svg.append(label("end", LEFT - 8, at + 4, Axis.label(tick)));
    }
    for (double tick : x.ticks()) {
      double at = across(x, tick);
      svg.append(line("tick", at, bottom, at, bottom + 5));
      svg.append(label("middle", at, bottom + 19, Axis.label(tick)));
    }
    svg.append(line("axis", LEFT, bottom, WIDTH - RIGHT, bottom));
    svg.append(label("middle", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 7, xName));
  }

  private static void draw(StringBuilder svg, Series line, int number, Axis x, Axis y) {
    if (line.noisy()) {
      path(svg, line.points(y.logarithmic()), "s" + number + " faint", x, y);
      path(svg, line.smoothed().points(y.logarithmic()), "s" + number, x, y);
      return;
    }
    List<Series.Point> points = line.points(y.logarithmic());
    path(svg, points, "s" + number, x, y);
    if (points.size() > MOST_DOTS) {
      return;
    }
    for (Series.Point point : points) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s: %s at"
                  + " %s</title></circle>",
              number,
              across(x, point.x()),
              down(y, point.y()),
              Html.attribute(line.name()),
              Axis.label(point.y()),
              Axis.label(point.x())));
    }
  }

  private static void path(
      StringBuilder svg, List<Series.Point> points, String style, Axis x, Axis y) {
    List<String> places = new ArrayList<>();
    for (Series.Point point : points) {
      double clamped = Math.clamp(down(y, point.y()), TOP - 4.0, HEIGHT - BOTTOM + 4.0);
      places.add(String.format(Locale.ROOT, "%.1f,%.1f", across(x, point.x()), clamped));
    }
    svg.append("<polyline class=\"%s\" points=\"%s\"/>".formatted(style, String.join(" ", places)));
  }

  private static double across(Axis x, double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private static double down(Axis y, double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(String style, double x1, double y1, double x2, double y2) {
    return String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
        style,
        x1,
        y1,
        x2,
        y2);
  }

  private static String label(String anchor, double x, double y, String text) {
    return String.format(
        Locale.ROOT,
        "<text text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>",
        anchor,
        x,
        y,
        Html.attribute(text));
  }
}
