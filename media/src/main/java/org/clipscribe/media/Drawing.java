package org.clipscribe.media;

import java.util.List;

/// A picture made of a few plain marks, which can be written as SVG and as PNG.
///
/// Coordinates are in pixels from the upper left corner; colours are `0xrrggbb`.
///
/// @param marks in the order in which they are drawn, over a white ground
public record Drawing(int width, int height, List<Mark> marks) {
  /// Where a text stands relative to its point.
  public enum Anchor {
    START,
    MIDDLE,
    END
  }

  /// One thing that is drawn.
  public sealed interface Mark {}

  /// A line through points.
  ///
  /// @param points `x, y, x, y, ..`
  /// @param thickness in pixels
  /// @param dashed in strokes and gaps of equal length
  public record Line(List<Double> points, int colour, double thickness, boolean dashed)
      implements Mark {}

  /// The area between points.
  public record Area(List<Double> points, int colour) implements Mark {}

  /// A disc with a white rim, which keeps it apart from lines below it.
  public record Dot(double x, double y, double radius, int colour) implements Mark {}

  /// One line of text in the sans-serif font.
  ///
  /// @param y of the base line
  /// @param turned a quarter to the left, so that it runs upwards
  public record Label(
      double x,
      double y,
      String text,
      double size,
      int colour,
      boolean bold,
      Anchor anchor,
      boolean turned)
      implements Mark {}

  public Drawing {
    marks = List.copyOf(marks);
  }

  /// The drawing as a document of its own, in ASCII.
  public String toSvg() {
    return SvgText.of(this);
  }

  /// The drawing in the file format PNG, at twice the size, which suits today's screens.
  ///
  /// @throws org.clipscribe.nn.BadInputException when this Java finds no fonts
  public byte[] toPng() {
    return PngPainter.paint(this, 2);
  }
}
