package org.clipscribe.bench.report;

import java.util.Locale;
import org.clipscribe.bench.measure.Timing;

/// Numbers as the page prints them: three digits, no more than a measurement is worth.
public final class Format {
  private Format() {}

  /// Like `0.042`, `3.14`, `27.1`, `904`.
  public static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /// Like `87 %`.
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", share * 100);
  }

  /// Like `1.24x`.
  public static String ratio(double value) {
    return String.format(Locale.ROOT, "%.2fx", value);
  }

  /// Like `12.3 ±4 %`: the median times a factor, and half the distance from the 10th to the 90th
  /// percentile.
  public static String time(Timing timing, double factor) {
    return withSpread(timing.median() * factor, timing);
  }

  /// Work a second, like GFLOP/s, in the same form.
  public static String rate(Timing timing, double work) {
    return withSpread(work / timing.median(), timing);
  }

  private static String withSpread(double value, Timing timing) {
    return number(value) + " ±" + percent(timing.spread() / 2);
  }
}
