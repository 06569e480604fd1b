package org.clipscribe.tensor.testkit;

import java.util.Locale;
import org.clipscribe.tensor.Tensor;

/// Comparisons of float arrays whose failure says where, what and by how much.
public final class TensorAssert {
  private TensorAssert() {}

  /// Asserts `max |a - e| <= relativeTolerance * max(1, max |e|)`: close measured by the largest
  /// element, which is what rounding in a sum is proportional to.
  ///
  /// Where the expected element is NaN or infinite the actual one must be the same.
  public static void assertClose(float[] actual, float[] expected, double relativeTolerance) {
    double largest = 1;
    for (float value : expected) {
      if (Float.isFinite(value)) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    assertClose(actual, expected, relativeTolerance * largest, 0);
  }

  /// The same for a tensor of any back-end.
  public static void assertClose(Tensor actual, float[] expected, double relativeTolerance) {
    assertClose(actual.toArray(), expected, relativeTolerance);
  }

  /// Asserts `|a - e| <= absolute + relative * |e|` for each element; NaN and infinities must be
  /// the same.
  public static void assertClose(
      float[] actual, float[] expected, double absolute, double relative) {
    double[] exact = new double[expected.length];
    double[] bounds = new double[expected.length];
    for (int i = 0; i < expected.length; i++) {
      exact[i] = expected[i];
      bounds[i] = absolute + relative * Math.abs(expected[i]);
    }
    assertWithin(actual, exact, bounds);
  }

  /// Asserts `|a[i] - e[i]| <= bounds[i]` for each element; NaN must be NaN and infinities must be
  /// the same. An expected value beyond the range of float counts as infinite.
  ///
  /// The message names the element that is furthest outside its bound and how many are outside.
  public static void assertWithin(float[] actual, double[] expected, double[] bounds) {
    if (actual.length != expected.length || bounds.length != expected.length) {
      throw new AssertionError(
          "%d elements, expected %d with %d bounds"
              .formatted(actual.length, expected.length, bounds.length));
    }
    int outside = 0;
    int worst = -1;
    double worstExcess = 1;
    for (int i = 0; i < actual.length; i++) {
      double excess = excess(actual[i], expected[i], bounds[i]);
      if (excess > 1) {
        outside++;
        if (excess > worstExcess) {
          worst = i;
          worstExcess = excess;
        }
      }
    }
    if (worst >= 0) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "element %d is %s, expected %s: differs by %.3g, allowed %.3g; %d of %d are outside",
              worst,
              actual[worst],
              (float) expected[worst],
              Math.abs(actual[worst] - expected[worst]),
              bounds[worst],
              outside,
              actual.length));
    }
  }

  /// How many times the bound the difference is; infinite for a NaN or infinity out of place.
  private static double excess(float actual, double expected, double bound) {
    float rounded = (float) expected;
    if (Float.compare(actual, rounded) == 0) { // NaN too
      return 0;
    }
    if (!Float.isFinite(actual) || !Float.isFinite(rounded)) {
      return Double.POSITIVE_INFINITY;
    }
    double difference = Math.abs(actual - expected);
    return difference <= bound ? 0 : difference / Math.max(bound, Double.MIN_NORMAL);
  }
}
