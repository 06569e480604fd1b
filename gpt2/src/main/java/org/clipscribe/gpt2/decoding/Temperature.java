package org.clipscribe.gpt2.decoding;

/// Divides all scores: below 1, likely tokens become likelier still; above 1, less so. Mirrors
/// `TemperatureLogitsWarper`.
///
/// @param temperature above 0
record Temperature(double temperature) implements LogitProcessor {
  @Override
  public void process(Draft draft, double[] scores) {
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= temperature;
    }
  }
}
