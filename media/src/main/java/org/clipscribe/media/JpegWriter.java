package org.clipscribe.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.AtomicFile;

/// Writes JPEG files.
public final class JpegWriter {
  /// Text keeps clean edges; a photo is about a third of the size that 1.0 would give.
  private static final float QUALITY = 0.92f;

  private JpegWriter() {}

  /// Writes a picture; the file is there whole or, after an error, as it was before.
  ///
  /// @param file replaced if it exists; folders on the way are made
  public static void write(Image image, Path file) throws IOException {
    AtomicFile.write(file, encode(image));
  }

  /// The bytes of a JPEG file.
  static byte[] encode(Image image) throws IOException {
    return encode(CaptionOverlay.buffered(image), QUALITY);
  }

  /// @param quality 0 to 1
  static byte[] encode(BufferedImage image, float quality) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(quality);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
