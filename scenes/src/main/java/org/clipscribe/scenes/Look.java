package org.clipscribe.scenes;

/// How the colours and lines of a drawing are changed before it is drawn, so that a model learns
/// shapes and not one artist's palette and pen.
///
/// @param matrix colours are multiplied by these nine numbers, row by row
/// @param offset and these three are added
/// @param levels how many values each colour is rounded to; 0 for all
/// @param line how opaque lines are drawn along the edges inside and around, 0 for none
/// @param lineColour of the lines
/// @param fill how much of the colours remains between the lines; the rest is `paper`
/// @param paper what shows where `fill` is less than 1
record Look(
    float[] matrix,
    float[] offset,
    int levels,
    float line,
    float[] lineColour,
    float fill,
    float[] paper) {

  private static final float[] SAME = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  private static final float[] NOTHING = {0, 0, 0};
  private static final float[] INK = {20, 20, 24};
  private static final float[] WHITE = {250, 250, 250};

  /// As the artist drew it.
  static Look plain() {
    return new Look(SAME, NOTHING, 0, 0, INK, 1, WHITE);
  }

  /// All in one colour, as drawings of one colour are meant to be used.
  static Look silhouette(float[] colour) {
    return new Look(new float[9], colour, 0, 0, INK, 1, WHITE);
  }

  /// The same with lines that stand out from what is behind.
  Look outlined(float[] colour) {
    return new Look(matrix, offset, levels, 1, colour, fill, paper);
  }

  /// Any look: about half of them plain in colour, a third with lines.
  static Look random(SceneRandom random) {
    float[] matrix = SAME;
    float[] offset = NOTHING;
    int kind = random.below(100);
    if (kind < 25) {
      matrix = turned(random.between(-25f, 25f), random.between(0.6f, 1.4f), bright(random));
    } else if (kind < 37) {
      matrix = turned(random.between(-180f, 180f), random.between(0.5f, 1.3f), bright(random));
    } else if (kind < 47) {
      matrix = turned(0, random.between(0f, 0.25f), bright(random));
      offset = tint(random);
    }
    int levels = random.chance(15) ? random.between(2, 5) : 0;
    boolean lines = random.chance(35);
    float line = lines ? random.between(0.6f, 1f) : 0;
    float[] lineColour = random.chance(80) ? INK : Colours.hsv(random.below(360), 0.7f, 0.4f);
    float fill = lines && random.chance(30) ? random.between(0f, 0.6f) : 1;
    return new Look(matrix, offset, levels, line, lineColour, fill, WHITE);
  }

  private static float bright(SceneRandom random) {
    return random.between(0.75f, 1.25f);
  }

  private static float[] tint(SceneRandom random) {
    return new float[] {
      random.between(-25f, 25f), random.between(-25f, 25f), random.between(-25f, 25f)
    };
  }

  /// The matrix of SVG's `hueRotate` and `saturate` filters together (Filter Effects, section 9.6),
  /// times a factor. Angles are few, so that the strict sine costs nothing.
  private static float[] turned(float degrees, float saturation, float factor) {
    float cosine = saturation * (float) StrictMath.cos(StrictMath.toRadians(degrees));
    float sine = saturation * (float) StrictMath.sin(StrictMath.toRadians(degrees));
    float[] grey = {0.213f, 0.715f, 0.072f, 0.213f, 0.715f, 0.072f, 0.213f, 0.715f, 0.072f};
    float[] even = {0.787f, -0.715f, -0.072f, -0.213f, 0.285f, -0.072f, -0.213f, -0.715f, 0.928f};
    float[] odd = {-0.213f, -0.715f, 0.928f, 0.143f, 0.140f, -0.283f, -0.787f, 0.715f, 0.072f};
    float[] matrix = new float[9];
    for (int i = 0; i < 9; i++) {
      matrix[i] = factor * (grey[i] + cosine * even[i] + sine * odd[i]);
    }
    return matrix;
  }

  /// Changes one colour in place.
  ///
  /// @param colour red, green, blue, 0 to 255
  /// @param ink 0 to 1, how much of a line runs here
  void apply(float[] colour, float ink) {
    float red = colour[0];
    float green = colour[1];
    float blue = colour[2];
    for (int c = 0; c < 3; c++) {
      float value =
          matrix[3 * c] * red + matrix[3 * c + 1] * green + matrix[3 * c + 2] * blue + offset[c];
      value = Math.clamp(value, 0f, 255f);
      if (levels > 0) {
        int level = (int) (value * levels / 256f);
        value = level * (255f / (levels - 1));
      }
      value = paper[c] + fill * (value - paper[c]);
      colour[c] = value + line * ink * (lineColour[c] - value);
    }
  }
}
