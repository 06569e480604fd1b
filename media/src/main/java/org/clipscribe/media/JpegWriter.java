package org.clipscribe.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.clipscribe.clip.Image;

/// Writes JPEG files.
public final class JpegWriter {
  /// Text keeps clean edges; a photo is about a third of the size that 1.0 would give.
  private static final float QUALITY = 0.92f;

  private JpegWriter() {}

  /// Writes a picture; the file is there whole or, after an error, as it was before.
  ///
  /// @param file replaced if it exists; its folder must exist
  public static void write(Image image, Path file) throws IOException {
    byte[] jpeg = encode(image);
    Path target = file.toAbsolutePath();
    // Beside the target, because a rename is atomic within one file system only.
    Path temporary =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    try {
      Files.write(temporary, jpeg, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      try {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
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
