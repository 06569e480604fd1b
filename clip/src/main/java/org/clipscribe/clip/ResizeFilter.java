package org.clipscribe.clip;

/// By what a resized pixel weighs the pixels around it. Mirrors the filters of Pillow's
/// `Resample.c`; each is widened where a picture shrinks, over all that a pixel covers.
public enum ResizeFilter {
  /// A triangle over the two neighbours: what ViT's processor uses.
  BILINEAR(2, 1) {
    @Override
    double weight(double signed) {
      return Math.max(0, 1 - Math.abs(signed));
    }
  },
  /// Keys' cubic over four neighbours: what CLIP's processor uses.
  BICUBIC(3, 2) {
    @Override
    double weight(double signed) {
      double x = Math.abs(signed);
      if (x < 1) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
  };

  /// The cubic's free parameter; -0.5 is Pillow's (and Keys') choice, -0.75 OpenCV's.
  private static final double A = -0.5;

  private final int number;
  private final double support;

  ResizeFilter(int number, double support) {
    this.number = number;
    this.support = support;
  }

  /// Pillow's number, which `resample` of a processor's configuration is.
  int number() {
    return number;
  }

  /// How far it reaches at scale 1.
  double support() {
    return support;
  }

  abstract double weight(double signed);
}
