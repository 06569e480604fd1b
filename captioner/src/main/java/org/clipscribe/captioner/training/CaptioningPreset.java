package org.clipscribe.captioner.training;

import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.nn.training.AdamW;
import org.clipscribe.nn.training.NamePatterns;

/// Settings to begin with for a captioner.
public record CaptioningPreset(CaptionRule rule, TrainingPreset settings) {
  /// Ours for the small size. A step sees as many captions as the original's, a part at a time.
  public static final CaptioningPreset S = ours(16, 2e-4, 0.1f);

  /// Ours for the large size.
  public static final CaptioningPreset L = ours(8, 1e-4, 0.08f);

  /// What the original does with its small model, faults included.
  public static final CaptioningPreset ORIGINAL_S = original(150, 64, 3e-3, 0.33, 0.1f);

  /// The same for the large one.
  public static final CaptioningPreset ORIGINAL_L = original(120, 32, 5e-3, 0.3, 0.08f);

  private static CaptioningPreset ours(int batch, double rate, float dropout) {
    return new CaptioningPreset(
        CaptionRule.SANE_B,
        new TrainingPreset(
            10,
            batch,
            4,
            Schedule.COSINE,
            rate,
            0.05,
            AdamW.Settings.DEFAULT,
            TrainingPlan.CLIP,
            dropout));
  }

  private static CaptioningPreset original(
      int epochs, int batch, double rate, double rising, float dropout) {
    AdamW.Settings adam = new AdamW.Settings(0.9, 0.999, 1e-8, 0, NamePatterns.of());
    return new CaptioningPreset(
        CaptionRule.ORIGINAL,
        new TrainingPreset(
            epochs, batch, 1, Schedule.ORIGINAL, rate, rising, adam, TrainingPlan.CLIP, dropout));
  }

  /// Ours for a model: that of its size, with the rule of its family.
  public static CaptioningPreset of(BundleConfig config) {
    CaptioningPreset ours = config.size().equals("L") ? L : S;
    return new CaptioningPreset(CaptionRule.usual(config.architecture()), ours.settings);
  }

  /// The original's for a model.
  public static CaptioningPreset originalOf(BundleConfig config) {
    return config.size().equals("L") ? ORIGINAL_L : ORIGINAL_S;
  }
}
