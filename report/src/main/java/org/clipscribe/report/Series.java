package org.clipscribe.report;

import java.util.ArrayList;
import java.util.List;

/// Points that belong together, in order of `x`.
///
/// @param name what the legend calls them
/// @param x as many as `y`
/// @param y NaN and the infinities are left out of a chart
public record Series(String name, double[] x, double[] y) {
  /// A chart is about this many dots wide: more points cannot be told apart.
  private static final int COLUMNS = 400;

  public Series {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "series %s: %d x with %d y".formatted(name, x.length, y.length));
    }
  }

  record Point(double x, double y) {}

  /// The points that can be drawn: of each column the lowest and the highest, so that no peak is
  /// lost.
  ///
  /// @param positive whether only positive values can be drawn
  List<Point> points(boolean positive) {
    List<Point> all = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(x[i]) && Double.isFinite(y[i]) && (!positive || y[i] > 0)) {
        all.add(new Point(x[i], y[i]));
      }
    }
    return all.size() <= 2 * COLUMNS ? all : thinned(all);
  }

  private static List<Point> thinned(List<Point> all) {
    List<Point> kept = new ArrayList<>();
    for (int column = 0; column < COLUMNS; column++) {
      int from = (int) ((long) column * all.size() / COLUMNS);
      int to = (int) ((long) (column + 1) * all.size() / COLUMNS);
      int low = from;
      int high = from;
      for (int i = from; i < to; i++) {
        low = all.get(i).y < all.get(low).y ? i : low;
        high = all.get(i).y > all.get(high).y ? i : high;
      }
      kept.add(all.get(Math.min(low, high)));
      if (low != high) {
        kept.add(all.get(Math.max(low, high)));
      }
    }
    kept.add(all.getLast());
    return kept;
  }

  /// The course of noisy points: a running mean over about a thirtieth of them.
  Series smoothed() {
    double[] mean = new double[y.length];
    double keep = 1 - 1 / Math.max(1, y.length / 30.0);
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i])) {
        sum = keep * sum + (1 - keep) * y[i];
        weight = keep * weight + (1 - keep);
      }
      mean[i] = weight == 0 ? Double.NaN : sum / weight;
    }
    return new Series(name, x, mean);
  }

  /// Whether only the course of the points can be read: they are many, and go up and down several
  /// times the way from the lowest to the highest.
  boolean noisy() {
    List<Point> drawn = points(false);
    if (drawn.size() < 90) {
      return false;
    }
    double low = drawn.getFirst().y;
    double high = low;
    double way = 0;
    for (int i = 1; i < drawn.size(); i++) {
      low = Math.min(low, drawn.get(i).y);
      high = Math.max(high, drawn.get(i).y);
      way += Math.abs(drawn.get(i).y - drawn.get(i - 1).y);
    }
    return way > 4 * (high - low);
  }
}
