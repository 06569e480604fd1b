package org.clipscribe.media;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Samples as the decoder left them -> 8-bit RGB, by the reference's rules rather than by Java's
/// colour management (`getRGB` and `drawImage` shift grey levels and blend alpha).
///
/// Alpha is dropped; the colour stored under a transparent pixel is the colour. Of 16 bits the
/// upper 8 count. Fewer than 8 bits are stretched to the full range.
final class RgbRaster {
  private RgbRaster() {}

  /// @param image samples and how they are meant
  /// @return `width * height * 3` bytes, or null for samples that cannot be converted
  static byte @Nullable [] toRgb(BufferedImage image) {
    Raster raster = image.getRaster();
    int type = raster.getTransferType();
    if (type != DataBuffer.TYPE_BYTE
        && type != DataBuffer.TYPE_USHORT
        && type != DataBuffer.TYPE_INT) {
      return null; // floating point or signed
    }
    if (image.getColorModel() instanceof IndexColorModel palette) {
      return convert(raster, new Palette(palette));
    }
    int[] bits = raster.getSampleModel().getSampleSize();
    return switch (image.getColorModel().getColorSpace().getType()) {
      case ColorSpace.TYPE_GRAY -> convert(raster, new Grey(bits[0]));
      case ColorSpace.TYPE_RGB -> bits.length < 3 ? null : rgb(raster);
      case ColorSpace.TYPE_CMYK ->
          bits.length < 4 || Arrays.stream(bits).anyMatch(b -> b != 8)
              ? null
              : convert(raster, new Inks());
      default -> null;
    };
  }

  /// Whether this is grey of 16 bits, which the reference does not reduce.
  static boolean isDeepGrey(BufferedImage image) {
    return image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && image.getColorModel().getComponentSize(0) > 8;
  }

  /// One pixel's samples into three bytes.
  private sealed interface Rule {
    void write(int[] samples, int at, byte[] rgb, int to);
  }

  private record Palette(IndexColorModel colours) implements Rule {
    @Override
    public void write(int[] samples, int at, byte[] rgb, int to) {
      // An index beyond the palette is a damaged file; black is as good as any colour.
      int argb = samples[at] < colours.getMapSize() ? colours.getRGB(samples[at]) : 0;
      rgb[to] = (byte) (argb >> 16);
      rgb[to + 1] = (byte) (argb >> 8);
      rgb[to + 2] = (byte) argb;
    }
  }

  private record Grey(int bits) implements Rule {
    @Override
    public void write(int[] samples, int at, byte[] rgb, int to) {
      byte value = to8(samples[at], bits);
      rgb[to] = value;
      rgb[to + 1] = value;
      rgb[to + 2] = value;
    }
  }

  private record Colour(int[] bits) implements Rule {
    @Override
    public void write(int[] samples, int at, byte[] rgb, int to) {
      for (int band = 0; band < 3; band++) {
        rgb[to + band] = to8(samples[at + band], bits[band]);
      }
    }
  }

  /// Cyan, magenta, yellow and black, 0 meaning no ink. (JPEG files have it the other way round, by
  /// Adobe's custom; ImageIO turns them because our header names Adobe.)
  private record Inks() implements Rule {
    @Override
    public void write(int[] samples, int at, byte[] rgb, int to) {
      int light = 255 - samples[at + 3];
      for (int band = 0; band < 3; band++) {
        // What both inks leave of it, rounded; 255 is odd, so that nothing is halfway.
        rgb[to + band] = (byte) (((255 - samples[at + band]) * light + 127) / 255);
      }
    }
  }

  private static byte to8(int value, int bits) {
    return (byte) (bits >= 8 ? value >> (bits - 8) : value * 255 / ((1 << bits) - 1));
  }

  private static byte[] convert(Raster raster, Rule rule) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int[] row = new int[Math.multiplyExact(width, bands)];
    int to = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int at = 0; at < row.length; at += bands) {
        rule.write(row, at, rgb, to);
        to += 3;
      }
    }
    return rgb;
  }

  /// The common case needs no second copy of the picture: three bytes a pixel are only put in
  /// order.
  private static byte[] rgb(Raster raster) {
    if (raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && raster.getDataBuffer() instanceof DataBufferByte buffer
        && raster.getNumBands() == 3
        && model.getPixelStride() == 3
        && model.getScanlineStride() == 3 * raster.getWidth()
        && buffer.getNumBanks() == 1
        && buffer.getOffset() == 0
        && buffer.getData().length == 3 * raster.getWidth() * raster.getHeight()) {
      byte[] data = buffer.getData();
      if (Arrays.equals(model.getBandOffsets(), new int[] {2, 1, 0})) {
        for (int i = 0; i < data.length; i += 3) {
          byte blue = data[i];
          data[i] = data[i + 2];
          data[i + 2] = blue;
        }
        return data;
      }
      if (Arrays.equals(model.getBandOffsets(), new int[] {0, 1, 2})) {
        return data;
      }
    }
    return convert(raster, new Colour(raster.getSampleModel().getSampleSize()));
  }
}
