package org.clipscribe.scenes;

/// Colours as three floats, red, green and blue from 0 to 255.
final class Colours {
  private Colours() {}

  /// @param hue in degrees, any
  /// @param saturation 0 to 1
  /// @param value 0 to 1
  static float[] hsv(float hue, float saturation, float value) {
    float sector = (((hue % 360) + 360) % 360) / 60;
    int whole = (int) sector;
    float rest = sector - whole;
    float p = value * (1 - saturation);
    float q = value * (1 - saturation * rest);
    float t = value * (1 - saturation * (1 - rest));
    return switch (whole) {
      case 0 -> rgb(value, t, p);
      case 1 -> rgb(q, value, p);
      case 2 -> rgb(p, value, t);
      case 3 -> rgb(p, q, value);
      case 4 -> rgb(t, p, value);
      default -> rgb(value, p, q);
    };
  }

  private static float[] rgb(float red, float green, float blue) {
    return new float[] {255 * red, 255 * green, 255 * blue};
  }

  /// A shade that a person would call by the word of this background.
  static float[] shade(Background background, SceneRandom random) {
    return switch (background) {
      case RED -> hsv(random, 350, 368, 0.72f, 1, 0.75f, 1);
      case ORANGE -> hsv(random, 22, 38, 0.75f, 1, 0.88f, 1);
      case YELLOW -> hsv(random, 48, 60, 0.55f, 1, 0.88f, 1);
      case GREEN -> hsv(random, 95, 150, 0.45f, 1, 0.4f, 0.85f);
      case BLUE -> hsv(random, 205, 242, 0.55f, 1, 0.55f, 1);
      case PURPLE -> hsv(random, 265, 302, 0.45f, 1, 0.4f, 0.8f);
      case PINK -> hsv(random, 322, 352, 0.22f, 0.55f, 0.92f, 1);
      case BROWN -> hsv(random, 0, 32, 0.5f, 0.8f, 0.3f, 0.58f);
      case GRAY -> hsv(random, 0, 360, 0, 0.06f, 0.38f, 0.75f);
      case WHITE -> hsv(random, 0, 360, 0, 0.03f, 0.95f, 1);
      case BLACK -> hsv(random, 0, 360, 0, 0.3f, 0, 0.12f);
      case GRASS -> hsv(random, 85, 135, 0.5f, 0.9f, 0.4f, 0.75f);
      case NIGHT -> hsv(random, 220, 260, 0.5f, 0.95f, 0.1f, 0.35f);
      case SEA -> hsv(random, 185, 222, 0.55f, 0.95f, 0.5f, 0.9f);
      case SAND -> hsv(random, 34, 48, 0.25f, 0.55f, 0.75f, 0.95f);
      case SNOW -> hsv(random, 195, 230, 0.02f, 0.12f, 0.9f, 1);
    };
  }

  private static float[] hsv(
      SceneRandom random, float h0, float h1, float s0, float s1, float v0, float v1) {
    float hue = random.between(h0, h1);
    float saturation = random.between(s0, s1);
    return hsv(hue, saturation, random.between(v0, v1));
  }

  /// The largest difference of any of the three.
  static float distance(float[] a, float[] b) {
    float most = 0;
    for (int c = 0; c < 3; c++) {
      most = Math.max(most, Math.abs(a[c] - b[c]));
    }
    return most;
  }
}
