package org.clipscribe.cli;

import org.clipscribe.captioner.BundleConfig;
import org.clipscribe.captioner.training.CaptioningPreset;

/// The names of presets for captioners on the command line.
enum CaptionerPreset {
  /// For the small size.
  S,
  /// For the large size.
  L,
  /// What the original does.
  ORIGINAL,
  /// The embedded model, from nothing: no mapping network for a model that is there.
  MINI;

  CaptioningPreset of(BundleConfig config) {
    return switch (this) {
      case S -> CaptioningPreset.S;
      case L -> CaptioningPreset.L;
      case ORIGINAL -> CaptioningPreset.originalOf(config);
      case MINI -> throw new IllegalStateException("preset mini begins with no model");
    };
  }
}
