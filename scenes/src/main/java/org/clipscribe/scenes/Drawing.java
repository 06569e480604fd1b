package org.clipscribe.scenes;

/// One drawing of one concept, ready to be drawn at any size: its pixels at full, half and quarter
/// size, colours multiplied by their opacity, and where its lines are.
final class Drawing {
  /// Width and height of a drawing in an art file, margin included.
  static final int SIZE = 96;

  /// Transparent pixels on each side, in which the outline of an outlined drawing finds room.
  static final int MARGIN = 4;

  private final Level[] levels;

  /// One size of a drawing.
  ///
  /// @param size width and height
  /// @param argb `0xAARRGGBB`, colours multiplied by opacity
  /// @param ink 0 to 255: how much of a line runs here
  record Level(int size, int[] argb, byte[] ink) {

    private Level half() {
      int half = size / 2;
      int[] small = new int[half * half];
      byte[] smallInk = new byte[half * half];
      for (int i = 0; i < small.length; i++) {
        int at = (i / half) * 2 * size + (i % half) * 2;
        small[i] = mean(argb[at], argb[at + 1], argb[at + size], argb[at + size + 1]);
        int sum = (ink[at] & 255) + (ink[at + 1] & 255);
        sum += (ink[at + size] & 255) + (ink[at + size + 1] & 255);
        smallInk[i] = (byte) ((sum + 2) / 4);
      }
      return new Level(half, small, smallInk);
    }

    private static int mean(int a, int b, int c, int d) {
      int mean = 0;
      for (int shift = 0; shift < 32; shift += 8) {
        int sum = ((a >>> shift) & 255) + ((b >>> shift) & 255);
        sum += ((c >>> shift) & 255) + ((d >>> shift) & 255);
        mean |= ((sum + 2) / 4) << shift;
      }
      return mean;
    }
  }

  private Drawing(Level full) {
    Level half = full.half();
    levels = new Level[] {full, half, half.half()};
  }

  /// @param rgba `SIZE * SIZE` pixels, red, green, blue, opacity, not multiplied
  static Drawing of(byte[] rgba) {
    if (rgba.length != 4 * SIZE * SIZE) {
      throw new IllegalArgumentException("drawing: " + rgba.length + " bytes");
    }
    int[] argb = new int[SIZE * SIZE];
    for (int i = 0; i < argb.length; i++) {
      int alpha = rgba[4 * i + 3] & 255;
      argb[i] =
          alpha << 24
              | times(rgba[4 * i], alpha) << 16
              | times(rgba[4 * i + 1], alpha) << 8
              | times(rgba[4 * i + 2], alpha);
    }
    return new Drawing(new Level(SIZE, argb, ink(argb)));
  }

  private static int times(byte colour, int alpha) {
    return ((colour & 255) * alpha + 127) / 255;
  }

  /// Lines run where colour or opacity changes between pixels this far apart.
  private static byte[] ink(int[] argb) {
    int reach = 2; // makes lines as heavy, in proportion, as those of outlined emoji
    byte[] ink = new byte[argb.length];
    for (int y = reach; y < SIZE - reach; y++) {
      for (int x = reach; x < SIZE - reach; x++) {
        int at = y * SIZE + x;
        int across = difference(argb[at - reach], argb[at + reach]);
        int along = difference(argb[at - reach * SIZE], argb[at + reach * SIZE]);
        // A change of less than 24 is shading; from 88 on it is a line.
        ink[at] = (byte) Math.clamp((Math.max(across, along) - 24) * 4L, 0, 255);
      }
    }
    return ink;
  }

  private static int difference(int a, int b) {
    int most = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      most = Math.max(most, Math.abs(((a >>> shift) & 255) - ((b >>> shift) & 255)));
    }
    return most;
  }

  /// The smallest level that is not smaller than what is to be drawn, or the largest there is.
  Level levelFor(float size) {
    for (int i = levels.length - 1; i > 0; i--) {
      if (levels[i].size >= size) {
        return levels[i];
      }
    }
    return levels[0];
  }
}
