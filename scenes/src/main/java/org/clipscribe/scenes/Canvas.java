package org.clipscribe.scenes;

/// A square picture in the making: three planes of floats from 0 to 255, red first. Floats are
/// exact on every platform for what is done with them here: sums, products, comparisons.
final class Canvas {
  final int size;
  final float[][] planes;

  Canvas(int size) {
    this.size = size;
    this.planes = new float[3][size * size];
  }

  void fill(float[] colour) {
    for (int c = 0; c < 3; c++) {
      java.util.Arrays.fill(planes[c], colour[c]);
    }
  }

  /// Lays a colour over one pixel; outside the picture, nothing happens.
  void blend(int x, int y, float[] colour, float opacity) {
    if (x < 0 || y < 0 || x >= size || y >= size) {
      return;
    }
    int at = y * size + x;
    for (int c = 0; c < 3; c++) {
      planes[c][at] += opacity * (colour[c] - planes[c][at]);
    }
  }

  /// Adds the same amount to the three colours of a pixel.
  void lighten(int at, float amount) {
    for (float[] plane : planes) {
      plane[at] += amount;
    }
  }

  /// A binomial blur over 3 x 3 pixels, `strength` of it.
  void blur(float strength) {
    for (float[] plane : planes) {
      float[] rows = new float[plane.length];
      for (int i = 0; i < plane.length; i++) {
        int x = i % size;
        float left = plane[x == 0 ? i : i - 1];
        float right = plane[x == size - 1 ? i : i + 1];
        rows[i] = 0.25f * (left + right) + 0.5f * plane[i];
      }
      for (int i = 0; i < plane.length; i++) {
        float above = rows[i < size ? i : i - size];
        float below = rows[i + size >= plane.length ? i : i + size];
        float blurred = 0.25f * (above + below) + 0.5f * rows[i];
        plane[i] += strength * (blurred - plane[i]);
      }
    }
  }

  /// Rounds to bytes, three to a pixel.
  byte[] toRgb() {
    byte[] rgb = new byte[3 * size * size];
    for (int i = 0; i < size * size; i++) {
      for (int c = 0; c < 3; c++) {
        rgb[3 * i + c] = (byte) (int) (Math.clamp(planes[c][i], 0f, 255f) + 0.5f);
      }
    }
    return rgb;
  }
}
