package org.clipscribe.scenes;

/// A drawing at its place, size and angle: colours and opacity of the pixels it covers, before they
/// are laid over a picture.
///
/// @param left of the first column, may be negative
/// @param top of the first row, may be negative
/// @param side columns and rows
/// @param colours red, green, blue of each pixel, not multiplied by opacity
/// @param opacity 0 to 1 of each pixel
record Stamp(int left, int top, int side, float[] colours, float[] opacity) {

  /// Where and how a drawing stands.
  ///
  /// @param x of its middle, in pixels
  /// @param y of its middle
  /// @param size of the square that holds it
  /// @param degrees turned clockwise
  /// @param mirrored left to right
  /// @param stretch width over height, around 1
  record Pose(float x, float y, float size, float degrees, boolean mirrored, float stretch) {}

  static Stamp of(Drawing drawing, Pose pose, Look look) {
    // What was trimmed to leave a margin is added, so that `size` is what a person sees.
    float drawn = pose.size * Drawing.SIZE / (Drawing.SIZE - 2f * Drawing.MARGIN);
    Drawing.Level level = drawing.levelFor(drawn);
    float cosine = (float) StrictMath.cos(StrictMath.toRadians(pose.degrees));
    float sine = (float) StrictMath.sin(StrictMath.toRadians(pose.degrees));
    float perPixel = level.size() / drawn;
    float across = perPixel / pose.stretch * (pose.mirrored ? -1 : 1);
    int side = (int) (drawn * (Math.abs(cosine) + Math.abs(sine))) + 2;
    int left = (int) Math.floor(pose.x - side / 2f);
    int top = (int) Math.floor(pose.y - side / 2f);
    Stamp stamp = new Stamp(left, top, side, new float[3 * side * side], new float[side * side]);
    float middle = level.size() / 2f;
    for (int row = 0; row < side; row++) {
      float dy = top + row + 0.5f - pose.y;
      for (int column = 0; column < side; column++) {
        float dx = left + column + 0.5f - pose.x;
        float u = middle + across * (cosine * dx + sine * dy) - 0.5f;
        float v = middle + perPixel * (cosine * dy - sine * dx) - 0.5f;
        stamp.sample(row * side + column, level, u, v, look);
      }
    }
    return stamp;
  }

  /// Takes the mean of four neighbours, weighted by nearness, and gives it its look.
  private void sample(int at, Drawing.Level level, float u, float v, Look look) {
    int size = level.size();
    if (u < 0 || v < 0 || u >= size - 1 || v >= size - 1) {
      return; // margins are transparent
    }
    int x = (int) u;
    int y = (int) v;
    int first = y * size + x;
    float right = u - x;
    float below = v - y;
    float w00 = (1 - right) * (1 - below);
    float w01 = right * (1 - below);
    float w10 = (1 - right) * below;
    float w11 = right * below;
    int p00 = level.argb()[first];
    int p01 = level.argb()[first + 1];
    int p10 = level.argb()[first + size];
    int p11 = level.argb()[first + size + 1];
    float alpha = w00 * (p00 >>> 24) + w01 * (p01 >>> 24) + w10 * (p10 >>> 24) + w11 * (p11 >>> 24);
    float ink = 0;
    if (look.line() > 0) {
      byte[] lines = level.ink();
      ink = w00 * (lines[first] & 255) + w01 * (lines[first + 1] & 255);
      ink += w10 * (lines[first + size] & 255) + w11 * (lines[first + size + 1] & 255);
      ink /= 255;
    }
    float covered = Math.max(alpha / 255, look.line() * ink);
    if (covered < 0.004f) { // less than one step of 8 bits
      return;
    }
    float[] colour = new float[3];
    if (alpha > 0) {
      for (int c = 0; c < 3; c++) {
        int shift = 16 - 8 * c;
        float sum = w00 * ((p00 >>> shift) & 255) + w01 * ((p01 >>> shift) & 255);
        sum += w10 * ((p10 >>> shift) & 255) + w11 * ((p11 >>> shift) & 255);
        colour[c] = 255 * sum / alpha;
      }
    }
    look.apply(colour, alpha > 0 ? ink : 1);
    System.arraycopy(colour, 0, colours, 3 * at, 3);
    opacity[at] = covered;
  }

  /// Of the pixels that this covers, how many differ from what is there by what an eye notices;
  /// 0 to 1.
  float contrast(Canvas canvas) {
    int covered = 0;
    int seen = 0;
    for (int i = 0; i < opacity.length; i++) {
      int x = left + i % side;
      int y = top + i / side;
      if (opacity[i] > 0.5f && x >= 0 && y >= 0 && x < canvas.size && y < canvas.size) {
        covered++;
        float most = 0;
        for (int c = 0; c < 3; c++) {
          float there = canvas.planes[c][y * canvas.size + x];
          most = Math.max(most, Math.abs(colours[3 * i + c] - there));
        }
        seen += most > 56 ? 1 : 0;
      }
    }
    return covered == 0 ? 0 : (float) seen / covered;
  }

  /// Lays this over a picture.
  void over(Canvas canvas) {
    float[] colour = new float[3];
    for (int i = 0; i < opacity.length; i++) {
      if (opacity[i] > 0) {
        System.arraycopy(colours, 3 * i, colour, 0, 3);
        canvas.blend(left + i % side, top + i / side, colour, opacity[i]);
      }
    }
  }
}
