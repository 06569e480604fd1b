package org.clipscribe.captioner.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.clipscribe.captioner.training.log.TrainingLog;

/// A log that tests can ask.
public final class RememberingLog implements TrainingLog {
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Double> scalars = new TreeMap<>();
  private final Map<String, String> texts = new TreeMap<>();

  /// Remembers nothing yet.
  public RememberingLog() {}

  /// All scalars, like `2 train/loss 0.5`.
  public List<String> lines() {
    return lines;
  }

  /// The last value of each scalar.
  public Map<String, Double> scalars() {
    return scalars;
  }

  /// The last value of one.
  public double last(String name) {
    return Objects.requireNonNull(scalars.get(name), name);
  }

  /// The last of the texts of each name.
  public Map<String, String> texts() {
    return texts;
  }

  @Override
  public void scalar(long step, String name, double value) {
    lines.add(step + " " + name + " " + value);
    scalars.put(name, value);
  }

  @Override
  public void picture(long step, String name, byte[] png) {}

  @Override
  public void text(long step, String name, String text) {
    texts.put(name, text);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
