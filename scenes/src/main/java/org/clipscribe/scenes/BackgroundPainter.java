package org.clipscribe.scenes;

/// Paints what is behind the objects.
final class BackgroundPainter {
  private final Canvas canvas;
  private final SceneRandom random;
  private final int size;

  private BackgroundPainter(Canvas canvas, SceneRandom random) {
    this.canvas = canvas;
    this.random = random;
    this.size = canvas.size;
  }

  static void paint(Canvas canvas, Background background, SceneRandom random) {
    new BackgroundPainter(canvas, random).paint(background);
  }

  private void paint(Background background) {
    float[] colour = Colours.shade(background, random);
    canvas.fill(colour);
    switch (background) {
      case GRASS -> {
        blades(Colours.shade(background, random));
        sky(30);
      }
      case NIGHT -> {
        fade(Colours.shade(background, random));
        stars();
      }
      case SEA -> {
        waves(colour);
        sky(25);
      }
      case SAND -> {
        grains(random.between(6f, 18f));
        if (random.chance(40)) {
          waves(colour);
        }
        sky(20);
      }
      case SNOW -> {
        if (random.chance(60)) {
          ground(Colours.hsv(random.between(200f, 225f), 0.25f, random.between(0.7f, 0.9f)));
        }
        flakes();
      }
      default -> {
        int kind = random.below(100);
        if (kind < 20) {
          fade(Colours.shade(background, random));
        } else if (kind < 40) {
          stripes(Colours.shade(background, random));
        }
      }
    }
  }

  /// Runs evenly from the colour that is there at the top to another at the bottom.
  private void fade(float[] to) {
    for (int i = 0; i < size * size; i++) {
      canvas.blend(i % size, i / size, to, (float) (i / size) / size);
    }
  }

  private void stripes(float[] colour) {
    int width = random.between(3, size / 6);
    int direction = random.below(4);
    for (int i = 0; i < size * size; i++) {
      int x = i % size;
      int y = i / size;
      int along =
          switch (direction) {
            case 0 -> x;
            case 1 -> y;
            case 2 -> x + y;
            default -> x - y + size;
          };
      if (along / width % 2 == 0) {
        canvas.blend(x, y, colour, 1);
      }
    }
  }

  /// Short upright strokes, lighter and darker.
  private void blades(float[] colour) {
    int strokes = random.between(size, 5 * size);
    for (int i = 0; i < strokes; i++) {
      int x = random.below(size);
      int y = random.below(size);
      int length = random.between(2, Math.max(3, size / 14));
      int lean = random.between(-1, 1);
      float opacity = random.between(0.2f, 0.8f);
      for (int step = 0; step < length; step++) {
        canvas.blend(x + lean * step / 2, y - step, colour, opacity);
      }
    }
  }

  private void stars() {
    int stars = random.between(8, 50);
    for (int i = 0; i < stars; i++) {
      dot(random.between(0, 1), new float[] {255, 250, random.between(190f, 255f)});
    }
  }

  private void flakes() {
    int flakes = random.between(15, 90);
    for (int i = 0; i < flakes; i++) {
      dot(random.between(0, 2), random.chance(70) ? white() : new float[] {205, 222, 240});
    }
  }

  private static float[] white() {
    return new float[] {255, 255, 255};
  }

  private void dot(int radius, float[] colour) {
    int x = random.below(size);
    int y = random.below(size);
    float opacity = random.between(0.5f, 1f);
    for (int dy = -radius; dy <= radius; dy++) {
      for (int dx = -radius; dx <= radius; dx++) {
        if (dx * dx + dy * dy <= radius * radius) {
          canvas.blend(x + dx, y + dy, colour, opacity);
        }
      }
    }
  }

  /// Lines that go up and down, some lighter, some darker.
  private void waves(float[] colour) {
    int period = random.between(8, 28);
    int height = random.between(1, 4);
    int gap = random.between(5, 14);
    float opacity = random.between(0.15f, 0.5f);
    boolean light = random.chance(70);
    float[] line = new float[3];
    for (int c = 0; c < 3; c++) {
      line[c] = light ? colour[c] + 0.6f * (255 - colour[c]) : 0.6f * colour[c];
    }
    for (int row = 0; row < size + height; row += gap) {
      int shift = random.below(period);
      for (int x = 0; x < size; x++) {
        int phase = Math.abs((x + shift) % period - period / 2); // a triangle wave
        canvas.blend(x, row - 2 * height * phase / period, line, opacity);
      }
    }
  }

  private void grains(float strength) {
    for (int i = 0; i < size * size; i++) {
      canvas.lighten(i, random.between(-strength, strength));
    }
  }

  /// In so many of a hundred cases, a pale sky in the upper part.
  private void sky(int percent) {
    if (random.chance(percent)) {
      float[] sky =
          Colours.hsv(
              random.between(195f, 215f), random.between(0.1f, 0.4f), random.between(0.9f, 1f));
      fillAbove(random.between(size / 8, size * 2 / 5), sky);
    }
  }

  /// A darker, bluer upper part, so that what is below looks like lying snow.
  private void ground(float[] sky) {
    fillAbove(random.between(size / 6, size * 3 / 5), sky);
  }

  private void fillAbove(int horizon, float[] colour) {
    for (int i = 0; i < horizon * size; i++) {
      canvas.blend(i % size, i / size, colour, 1);
    }
  }
}
