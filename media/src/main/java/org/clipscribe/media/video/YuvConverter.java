package org.clipscribe.media.video;

import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Rect;

/// Decoded pictures to RGB and to thumbnails. Colour differences are those of the nearest sample,
/// as in ffmpeg's plain conversion.
final class YuvConverter {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  /// JCodec keeps samples as signed bytes around 128.
  private static final int BIAS = 128;

  private final int[] luma = new int[256];
  private final int[] redOfV = new int[256];
  private final int[] greenOfU = new int[256];
  private final int[] greenOfV = new int[256];
  private final int[] blueOfU = new int[256];
  private final boolean fullRange;

  YuvConverter(Colours colours) {
    fullRange = colours.fullRange();
    double red = colours.red();
    double blue = colours.blue();
    double green = 1 - red - blue;
    double scaleY = fullRange ? 1 : 255.0 / 219;
    double scaleC = fullRange ? 1 : 255.0 / 224;
    for (int i = 0; i < 256; i++) {
      double c = (i - 128) * scaleC;
      luma[i] = fixed((fullRange ? i : i - 16) * scaleY) + HALF;
      redOfV[i] = fixed(2 * (1 - red) * c);
      blueOfU[i] = fixed(2 * (1 - blue) * c);
      greenOfU[i] = fixed(-2 * (1 - blue) * blue / green * c);
      greenOfV[i] = fixed(-2 * (1 - red) * red / green * c);
    }
  }

  private static int fixed(double value) {
    return (int) Math.round(value * (1 << BITS));
  }

  /// The part of a picture that is shown.
  static Rect shown(Picture picture) {
    Rect crop = picture.getCrop();
    return crop == null ? new Rect(0, 0, picture.getWidth(), picture.getHeight()) : crop;
  }

  /// `width * height * 3` bytes of the part that is shown.
  byte[] rgb(Picture picture) {
    Rect shown = shown(picture);
    byte[] y = picture.getPlaneData(0);
    byte[] u = picture.getPlaneData(1);
    byte[] v = picture.getPlaneData(2);
    int strideY = picture.getPlaneWidth(0);
    int strideC = picture.getPlaneWidth(1);
    int shiftX = strideC < strideY ? 1 : 0;
    int shiftY = picture.getPlaneHeight(1) < picture.getPlaneHeight(0) ? 1 : 0;
    byte[] rgb = new byte[3 * shown.getWidth() * shown.getHeight()];
    int to = 0;
    for (int row = shown.getY(); row < shown.getY() + shown.getHeight(); row++) {
      int atY = row * strideY;
      int atC = (row >> shiftY) * strideC;
      for (int column = shown.getX(); column < shown.getX() + shown.getWidth(); column++) {
        int brightness = luma[y[atY + column] + BIAS];
        int cu = u[atC + (column >> shiftX)] + BIAS;
        int cv = v[atC + (column >> shiftX)] + BIAS;
        rgb[to] = clamped(brightness + redOfV[cv]);
        rgb[to + 1] = clamped(brightness + greenOfU[cu] + greenOfV[cv]);
        rgb[to + 2] = clamped(brightness + blueOfU[cu]);
        to += 3;
      }
    }
    return rgb;
  }

  private static byte clamped(int value) {
    return (byte) Math.clamp(value >> BITS, 0, 255);
  }

  /// Mean brightness on a grid of `side * side`, row-major.
  byte[] thumbnail(Picture picture, int side) {
    Rect shown = shown(picture);
    byte[] y = picture.getPlaneData(0);
    int stride = picture.getPlaneWidth(0);
    byte[] means = new byte[side * side];
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        int top = shown.getY() + shown.getHeight() * row / side;
        int bottom = Math.max(top + 1, shown.getY() + shown.getHeight() * (row + 1) / side);
        int left = shown.getX() + shown.getWidth() * column / side;
        int right = Math.max(left + 1, shown.getX() + shown.getWidth() * (column + 1) / side);
        long sum = 0;
        for (int py = top; py < bottom; py++) {
          for (int px = left; px < right; px++) {
            sum += y[py * stride + px] + BIAS;
          }
        }
        means[row * side + column] = (byte) (sum / ((long) (bottom - top) * (right - left)));
      }
    }
    return means;
  }
}
