package org.clipscribe.clip;

/// The input pixels that one output pixel is a weighted sum of, along one axis.
///
/// @param first index of the first of them
/// @param weights fixed point with [#FRACTION_BITS] bits, together 1; none outside the picture
record Taps(int first, int[] weights) {
  /// 8-bit pixels, 2 bits for weights that overshoot, the rest for the fraction: Pillow's choice,
  /// and with it Pillow's rounding.
  static final int FRACTION_BITS = 32 - 8 - 2;

  /// One past the last input pixel.
  int end() {
    return first + weights.length;
  }

  /// A window of the output of resizing `inputs` pixels to `outputs`. Mirrors `precompute_coeffs`
  /// and `normalize_coeffs_8bpc` in Pillow's `Resample.c`, operation by operation, because the last
  /// bit of a weight decides the rounding of a pixel.
  ///
  /// @param filter what neighbours are weighed by
  /// @param inputs size of the axis before
  /// @param outputs size of the axis after; beyond `int` for very long pictures
  /// @param from index of the first output wanted; outside the axis it has no weights, which reads
  ///     as black
  /// @param count how many outputs are wanted
  static Taps[] window(ResizeFilter filter, int inputs, long outputs, long from, int count) {
    Taps[] window = new Taps[count];
    for (int i = 0; i < count; i++) {
      long output = from + i;
      window[i] =
          output < 0 || output >= outputs
              ? new Taps(0, new int[0])
              : of(filter, output, inputs, (double) inputs / outputs);
    }
    return window;
  }

  private static Taps of(ResizeFilter filter, long output, int inputs, double scale) {
    // Enlarging interpolates between neighbours; reducing widens the kernel over all it covers.
    double filterScale = Math.max(scale, 1);
    double support = filter.support() * filterScale;
    double center = (output + 0.5) * scale;
    double inverse = 1 / filterScale;
    int first = Math.max((int) (center - support + 0.5), 0);
    int end = Math.min((int) (center + support + 0.5), inputs);
    double[] exact = new double[end - first];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      exact[i] = filter.weight((i + first - center + 0.5) * inverse);
      sum += exact[i];
    }
    int[] weights = new int[exact.length];
    for (int i = 0; i < weights.length; i++) {
      double weight = sum == 0 ? exact[i] : exact[i] / sum;
      weights[i] = (int) (weight * (1 << FRACTION_BITS) + (weight < 0 ? -0.5 : 0.5));
    }
    return new Taps(first, weights);
  }
}
