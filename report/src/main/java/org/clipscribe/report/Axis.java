package org.clipscribe.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An axis: what it shows, where its marks are, how they are written.
///
/// @param from the value at its beginning
/// @param to the value at its end, larger
/// @param logarithmic whether equal ratios take equal room; the range is positive then
/// @param ticks where numbers stand, ascending, within the range
public record Axis(double from, double to, boolean logarithmic, List<Double> ticks) {
  public Axis {
    ticks = List.copyOf(ticks);
  }

  /// A linear axis over values, with about as many round numbers as wanted.
  ///
  /// @param low the least value to show
  /// @param high the largest one; may equal the least
  /// @param count how many numbers are wanted, at least 2
  public static Axis linear(double low, double high, int count) {
    double top = high;
    double spread = high - low;
    double middle = Math.max(Math.abs(low), Math.abs(high));
    if (!(spread > middle * 1e-12)) {
      spread = middle == 0 ? 1 : middle * 0.1;
      top = low + spread;
    }
    double step = round(spread / count);
    double from = Math.floor(low / step + 1e-9) * step;
    double to = Math.max(Math.ceil(top / step - 1e-9) * step, from + step);
    List<Double> ticks = new ArrayList<>();
    for (int i = 0; from + i * step <= to + step / 2; i++) {
      ticks.add((Math.rint(from / step) + i) * step);
    }
    return new Axis(ticks.getFirst(), ticks.getLast(), false, ticks);
  }

  /// The same axis without the room behind a value.
  public Axis endingAt(double value) {
    List<Double> within = ticks.stream().filter(tick -> tick <= value).toList();
    return value > from ? new Axis(from, value, logarithmic, within) : this;
  }

  /// 1, 2 or 5 times a power of ten, at least as large as asked.
  private static double round(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    double digits = step / power;
    return power * (digits <= 1 + 1e-9 ? 1 : digits <= 2 + 1e-9 ? 2 : digits <= 5 + 1e-9 ? 5 : 10);
  }

  /// A logarithmic axis over positive values.
  public static Axis logarithmic(double low, double high) {
    double from = low;
    double to = Math.max(high, low * 1.0001);
    int decades = (int) Math.ceil(Math.log10(to / from));
    double[] digits = decades <= 1 ? new double[] {1, 1.5, 2, 3, 4, 5, 7} : new double[] {1, 2, 5};
    if (decades > 4) {
      digits = new double[] {1};
    }
    List<Double> ticks = new ArrayList<>();
    int first = (int) Math.floor(Math.log10(from)) - 1;
    int every = Math.max(1, decades / 8);
    for (int power = first; power <= first + decades + 3; power++) {
      for (double digit : digits) {
        ticks.add(digit * Math.pow(10, power));
      }
    }
    // The range grows to the marks around it.
    double start =
        ticks.stream().filter(t -> t <= from * 1.000001).max(Double::compare).orElse(from);
    double end = ticks.stream().filter(t -> t >= to * 0.999999).min(Double::compare).orElse(to);
    List<Double> within = ticks.stream().filter(t -> t >= start && t <= end).toList();
    List<Double> shown = new ArrayList<>();
    for (int i = 0; i < within.size(); i += every) {
      shown.add(within.get(i));
    }
    return new Axis(start, end, true, shown);
  }

  /// Where a value is: 0 at the beginning, 1 at the end.
  public double place(double value) {
    return logarithmic
        ? Math.log(value / from) / Math.log(to / from)
        : (value - from) / (to - from);
  }

  /// A whole number for people: 12,000.
  public static String label(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// A number for people: 12,000 or 0.25 or 3e-5.
  public static String label(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size >= 1e7 || size < 1e-3) {
      int power = (int) Math.floor(Math.log10(size) + 1e-9);
      return plain(value / Math.pow(10, power), 3) + "e" + power;
    }
    return plain(value, size >= 100 ? 1 : 4);
  }

  private static String plain(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }
}
