package org.clipscribe.bench;

/// Whether two who are timed against each other computed the same.
public final class Agreement {
  private Agreement() {}

  /// The largest distance as a share of the largest value.
  public static double difference(float[] ours, float[] theirs) {
    if (ours.length != theirs.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    double distance = 0;
    for (int i = 0; i < ours.length; i++) {
      largest = Math.max(largest, Math.abs(theirs[i]));
      double here = Math.abs(ours[i] - theirs[i]);
      distance = Double.isNaN(here) ? Double.POSITIVE_INFINITY : Math.max(distance, here);
    }
    return distance / largest;
  }

  /// @return the difference
  /// @throws IllegalStateException when it exceeds the tolerance: whoever is timed next would be
  ///     timed at something else
  public static double check(String what, float[] ours, float[] theirs, double tolerance) {
    double difference = difference(ours, theirs);
    if (!(difference <= tolerance)) {
      throw new IllegalStateException(
          "%s: ours and theirs differ by %.2g of the largest value, more than %.2g"
              .formatted(what, difference, tolerance));
    }
    return difference;
  }
}
