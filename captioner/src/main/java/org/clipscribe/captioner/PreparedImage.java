package org.clipscribe.captioner;

/// A picture as a captioner's vision tower sees it, from [Captioner#prepare]. It takes 600 KB with
/// the usual models, however large the picture was, which can be let go of while this waits for
/// company.
public final class PreparedImage {
  private final float[] pixels;

  /// @param pixels `[3, S, S]`, normalised
  PreparedImage(float[] pixels) {
    this.pixels = pixels;
  }

  float[] pixels() {
    return pixels;
  }
}
