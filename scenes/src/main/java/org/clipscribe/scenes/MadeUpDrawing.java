package org.clipscribe.scenes;

/// A drawing that needs no artist: a disc, a ring, a square, a diamond or a cross in two colours,
/// different for each concept.
final class MadeUpDrawing {
  private static final int SHAPES = 5;

  private MadeUpDrawing() {}

  static Drawing of(Concept concept, int variant) {
    byte[] rgba = new byte[4 * Drawing.SIZE * Drawing.SIZE];
    float[] outer = Colours.hsv((concept.index() * 47) % 360, 0.8f, 0.9f);
    float[] inner = Colours.hsv((concept.index() * 83 + 140) % 360, 0.7f, 0.6f);
    float middle = (Drawing.SIZE - 1) / 2f;
    float reach = middle - Drawing.MARGIN;
    for (int i = 0; i < Drawing.SIZE * Drawing.SIZE; i++) {
      float x = (i % Drawing.SIZE - middle) / reach;
      float y = (i / Drawing.SIZE - middle) / reach;
      int shape = concept.index() % SHAPES;
      if (!inside(shape, x, y)) {
        continue;
      }
      float zoom = variant == 0 ? 2.2f : 1.7f;
      float[] colour =
          inside(concept.index() / SHAPES % SHAPES, zoom * x, zoom * y) ? inner : outer;
      for (int c = 0; c < 3; c++) {
        rgba[4 * i + c] = (byte) (int) colour[c];
      }
      rgba[4 * i + 3] = (byte) 255;
    }
    return Drawing.of(rgba);
  }

  private static boolean inside(int shape, float x, float y) {
    float square = Math.max(Math.abs(x), Math.abs(y));
    return switch (shape) {
      case 0 -> x * x + y * y < 1;
      case 1 -> x * x + y * y < 1 && x * x + y * y > 0.3f;
      case 2 -> square < 0.9f;
      case 3 -> Math.abs(x) + Math.abs(y) < 1;
      default -> square < 1 && Math.min(Math.abs(x), Math.abs(y)) < 0.3f;
    };
  }
}
