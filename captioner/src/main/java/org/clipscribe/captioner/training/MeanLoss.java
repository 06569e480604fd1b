package org.clipscribe.captioner.training;

import java.util.Map;
import java.util.TreeMap;

/// The loss over several batches, and each of its parts, in double precision.
final class MeanLoss {
  private final Map<String, double[]> parts = new TreeMap<>();
  private double sum;
  private long targets;

  /// Adds what a batch costs.
  ///
  /// @param value the loss itself, not weighed
  void add(double value, Iterable<Loss.Part> batchParts, int weight) {
    sum += value * weight;
    targets += weight;
    for (Loss.Part part : batchParts) {
      double[] both = parts.computeIfAbsent(part.name(), _ -> new double[2]);
      both[0] += (double) part.value().toArray()[0] * weight;
      both[1] += weight;
    }
  }

  long targets() {
    return targets;
  }

  /// @return NaN when there was nothing
  double value() {
    return targets == 0 ? Double.NaN : sum / targets;
  }

  /// The mean of each part over the batches that have it, in the order of the names.
  Map<String, Double> parts() {
    Map<String, Double> means = new TreeMap<>();
    parts.forEach((name, both) -> means.put(name, both[0] / both[1]));
    return means;
  }
}
