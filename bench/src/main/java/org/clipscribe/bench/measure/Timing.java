package org.clipscribe.bench.measure;

import java.util.Arrays;
import java.util.List;

/// Samples of one contender, in seconds an operation.
///
/// @param sorted at least one, ascending
public record Timing(double[] sorted) {
  public static Timing of(List<Double> seconds) {
    if (seconds.isEmpty()) {
      throw new IllegalArgumentException("timing: no samples");
    }
    return new Timing(seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray());
  }

  public double median() {
    return quantile(0.5);
  }

  /// Linear between the two nearest samples.
  public double quantile(double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /// The distance from the 10th to the 90th percentile, as a share of the median.
  public double spread() {
    return (quantile(0.9) - quantile(0.1)) / median();
  }

  /// For the raw numbers.
  public List<Double> samples() {
    return Arrays.stream(sorted).boxed().toList();
  }

  /// The geometric mean of positive numbers.
  public static double geometricMean(List<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
  }
}
