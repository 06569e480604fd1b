package org.clipscribe.media;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.clipscribe.media.Drawing.Area;
import org.clipscribe.media.Drawing.Dot;
import org.clipscribe.media.Drawing.Label;
import org.clipscribe.media.Drawing.Line;
import org.clipscribe.media.Drawing.Mark;

/// Writes a drawing as SVG.
final class SvgText {
  private SvgText() {}

  static String of(Drawing drawing) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
        font-family="Helvetica, Arial, DejaVu Sans, sans-serif">
        <rect width="%1$d" height="%2$d" fill="#ffffff"/>
        """
            .formatted(drawing.width(), drawing.height()));
    drawing.marks().forEach(mark -> svg.append(element(mark)).append('\n'));
    return svg.append("</svg>\n").toString();
  }

  private static String element(Mark mark) {
    return switch (mark) {
      case Line line ->
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>"
              .formatted(
                  points(line.points()),
                  colour(line.colour()),
                  number(line.thickness()),
                  line.dashed() ? " stroke-dasharray=\"5 5\"" : "");
      case Area area ->
          "<polygon points=\"%s\" fill=\"%s\"/>"
              .formatted(points(area.points()), colour(area.colour()));
      case Dot dot ->
          "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\" stroke=\"#ffffff\" stroke-width=\"2\"/>"
              .formatted(
                  number(dot.x()), number(dot.y()), number(dot.radius()), colour(dot.colour()));
      case Label label -> text(label);
    };
  }

  private static String text(Label label) {
    String place = "x=\"%s\" y=\"%s\"".formatted(number(label.x()), number(label.y()));
    String turn =
        label.turned()
            ? " transform=\"rotate(-90 %s %s)\"".formatted(number(label.x()), number(label.y()))
            : "";
    return "<text %s font-size=\"%s\" fill=\"%s\" text-anchor=\"%s\"%s%s>%s</text>"
        .formatted(
            place,
            number(label.size()),
            colour(label.colour()),
            label.anchor().name().toLowerCase(Locale.ROOT),
            label.bold() ? " font-weight=\"bold\"" : "",
            turn,
            escaped(label.text()));
  }

  private static String points(List<Double> points) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      text.append(i == 0 ? "" : i % 2 == 0 ? " " : ",").append(number(points.get(i)));
    }
    return text.toString();
  }

  private static String colour(int colour) {
    return String.format(Locale.ROOT, "#%06x", colour);
  }

  /// Two decimals at most.
  private static String number(double value) {
    return BigDecimal.valueOf(value)
        .setScale(2, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c < ' ' || c > '~' || c == '<' || c == '>' || c == '&') {
                escaped.append("&#").append(Character.isISOControl(c) ? 32 : c).append(';');
              } else {
                escaped.appendCodePoint(c);
              }
            });
    return escaped.toString();
  }
}
