package org.clipscribe.captioner.training.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.clipscribe.report.Series;

/// Everything a run has said, in memory: 16 bytes a number, each sample picture once.
final class RunRecord {
  private final Map<String, Curve> curves = new LinkedHashMap<>();
  private final Map<String, List<Said>> texts = new LinkedHashMap<>();
  private final Map<String, byte[]> pictures = new LinkedHashMap<>();
  private long step;

  /// A text and when it was said.
  record Said(long step, String text) {}

  private static final class Curve {
    private double[] steps = new double[64];
    private double[] values = new double[64];
    private int size;

    void add(long step, double value) {
      if (size == steps.length) {
        steps = Arrays.copyOf(steps, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      steps[size] = step;
      values[size] = value;
      size++;
    }
  }

  void scalar(long at, String name, double value) {
    step = Math.max(step, at);
    curves.computeIfAbsent(name, _ -> new Curve()).add(at, value);
  }

  void text(long at, String name, String text) {
    step = Math.max(step, at);
    texts.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Said(at, text));
  }

  void picture(String name, byte[] png) {
    pictures.put(name, png);
  }

  /// The last step anything was said of.
  long step() {
    return step;
  }

  /// The names of all curves in the order they appeared.
  List<String> curves() {
    return List.copyOf(curves.keySet());
  }

  /// @param label what a legend calls it
  Series series(String name, String label) {
    Curve curve = curves.get(name);
    if (curve == null) {
      throw new IllegalArgumentException("report: no curve " + name);
    }
    return new Series(
        label, Arrays.copyOf(curve.steps, curve.size), Arrays.copyOf(curve.values, curve.size));
  }

  /// Texts by name, each with all that was said under it.
  Map<String, List<Said>> texts() {
    return texts;
  }

  Map<String, byte[]> pictures() {
    return pictures;
  }
}
