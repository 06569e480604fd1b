package org.clipscribe.captioner.training;

import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.NamePatterns;

/// Settings to begin with.
///
/// @param rate the highest learning rate
/// @param warmUp the share of the run in which it rises
public record CaptioningPreset(
    CaptionRule rule,
    int epochs,
    int batch,
    int accumulate,
    Schedule schedule,
    double rate,
    double warmUp,
    AdamW.Settings optimiser,
    float dropout) {
  /// Ours for the small size. A step sees as many captions as the original's, a part at a time.
  public static final CaptioningPreset S =
      new CaptioningPreset(
          CaptionRule.SANE_B, 10, 16, 4, Schedule.COSINE, 2e-4, 0.05, AdamW.Settings.DEFAULT, 0.1f);

  /// Ours for the large size.
  public static final CaptioningPreset L =
      new CaptioningPreset(
          CaptionRule.SANE_B, 10, 8, 4, Schedule.COSINE, 1e-4, 0.05, AdamW.Settings.DEFAULT, 0.08f);

  /// What the original does with its small model, faults included.
  public static final CaptioningPreset ORIGINAL_S = original(150, 64, 3e-3, 0.33, 0.1f);

  /// The same for the large one.
  public static final CaptioningPreset ORIGINAL_L = original(120, 32, 5e-3, 0.3, 0.08f);

  private static CaptioningPreset original(
      int epochs, int batch, double rate, double rising, float dropout) {
    AdamW.Settings adam = new AdamW.Settings(0.9, 0.999, 1e-8, 0, NamePatterns.of());
    return new CaptioningPreset(
        CaptionRule.ORIGINAL, epochs, batch, 1, Schedule.ORIGINAL, rate, rising, adam, dropout);
  }

  /// Ours for a model: that of its size, with the rule of its family.
  public static CaptioningPreset of(BundleConfig config) {
    CaptioningPreset ours = config.size().equals("L") ? L : S;
    return ours.with(CaptionRule.usual(config.architecture()));
  }

  private CaptioningPreset with(CaptionRule other) {
    return new CaptioningPreset(
        other, epochs, batch, accumulate, schedule, rate, warmUp, optimiser, dropout);
  }

  /// The original's for a model.
  public static CaptioningPreset originalOf(BundleConfig config) {
    return config.size().equals("L") ? ORIGINAL_L : ORIGINAL_S;
  }
}
