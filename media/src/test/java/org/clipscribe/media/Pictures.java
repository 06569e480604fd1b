package org.clipscribe.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.clipscribe.clip.Image;

/// Picture files made for tests.
final class Pictures {
  private Pictures() {}

  /// Smooth enough for JPEG, different in every pixel.
  static BufferedImage sample(int width, int height) {
    Random random = new Random(width * 31L + height);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int noise = random.nextInt(16);
        int red = 200 * x / width + noise;
        int green = 200 * y / height + noise;
        image.setRGB(x, y, red << 16 | green << 8 | (240 - red));
      }
    }
    return image;
  }

  /// The same picture as plain pixels.
  static Image pixels(BufferedImage image) {
    byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
    for (int i = 0; i < rgb.length; i += 3) {
      int colour = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
      rgb[i] = (byte) (colour >> 16);
      rgb[i + 1] = (byte) (colour >> 8);
      rgb[i + 2] = (byte) colour;
    }
    return new Image(image.getWidth(), image.getHeight(), rgb);
  }

  static byte[] encode(String format, BufferedImage... frames) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      if (frames.length == 1) {
        writer.write(frames[0]);
      } else {
        writer.prepareWriteSequence(null);
        for (BufferedImage frame : frames) {
          writer.writeToSequence(new IIOImage(frame, null, null), null);
        }
        writer.endWriteSequence();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static byte[] encodeInterlaced(String format, BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /// Puts bytes in the place of others.
  ///
  /// @param from first byte replaced
  /// @param to one past the last byte replaced
  static byte[] splice(byte[] file, int from, int to, byte[] insert) {
    return concat(
        java.util.Arrays.copyOf(file, from),
        insert,
        java.util.Arrays.copyOfRange(file, to, file.length));
  }

  /// Where bytes first occur.
  static int find(byte[] file, String latin1) {
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf(latin1);
    if (at < 0) {
      throw new AssertionError("not in the file: " + latin1);
    }
    return at;
  }
}
