package org.clipscribe.media;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Runs the JDK's own ImageIO readers over a scanned file.
///
/// Readers that other libraries registered are passed over: they decode to other bytes than the
/// reference does.
final class JdkDecoder {
  /// @param image samples as stored; nothing was converted
  /// @param damage what the reader complained about, or null
  record Decoded(BufferedImage image, @Nullable String damage) {}

  private final Scan scan;
  private final byte[] file;
  private final String origin;
  private @Nullable String damage;

  private JdkDecoder(Scan scan, byte[] file, String origin) {
    this.scan = scan;
    this.file = file;
    this.origin = origin;
  }

  /// @param partial whether what was decoded before an error is wanted
  /// @throws BadInputException when there is nothing to return
  static Decoded decode(Scan scan, byte[] file, String origin, boolean partial) {
    return new JdkDecoder(scan, file, origin).decode(partial);
  }

  private Decoded decode(boolean partial) {
    ImageReader reader = reader();
    try (SplicedStream stream = new SplicedStream(scan.head(), file, scan.from(), scan.to())) {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((_, warning) -> complain(warning));
      checkSize(reader);
      BufferedImage image = read(reader, partial);
      return new Decoded(image, damage);
    } catch (IOException | RuntimeException e) {
      if (e instanceof BadInputException known) {
        throw known;
      }
      throwIfOutOfMemory(e);
      throw new BadInputException(
          origin, "is a damaged " + scan.format() + ": " + reason(e) + "; get a fresh copy", e);
    } finally {
      reader.dispose();
    }
  }

  private ImageReader reader() {
    Iterator<ImageReader> readers =
        ImageIO.getImageReadersByFormatName(scan.format().name().toLowerCase(Locale.ROOT));
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if ("java.desktop".equals(reader.getClass().getModule().getName())) {
        return reader;
      }
    }
    throw new BadInputException(origin, "this Java has no reader for " + scan.format());
  }

  /// The limit was checked on what we read in the header; the decoder must have read the same.
  private void checkSize(ImageReader reader) throws IOException {
    Scan.Frame frame = scan.frame();
    long width = frame == null ? scan.width() : frame.width();
    long height = frame == null ? scan.height() : frame.height();
    if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
      throw new IOException(
          "size %d x %d differs from %d x %d in the header"
              .formatted(reader.getWidth(0), reader.getHeight(0), width, height));
    }
  }

  private BufferedImage read(ImageReader reader, boolean partial) throws IOException {
    ImageReadParam parameters = reader.getDefaultReadParam();
    if (!partial) {
      return reader.read(0, parameters);
    }
    // A target of our own keeps what was decoded before an error.
    BufferedImage target =
        reader.getImageTypes(0).next().createBufferedImage(reader.getWidth(0), reader.getHeight(0));
    parameters.setDestination(target);
    try {
      reader.read(0, parameters);
    } catch (IOException | RuntimeException e) {
      throwIfOutOfMemory(e);
      complain(reason(e));
    }
    return target;
  }

  /// Some readers wrap what they catch, and there is nothing wrong with the file then.
  static void throwIfOutOfMemory(Throwable error) {
    for (@Nullable Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof OutOfMemoryError outOfMemory) {
        throw outOfMemory;
      }
    }
  }

  private void complain(@Nullable String warning) {
    // Said of every TIFF in YCbCr that relies on the default.
    boolean harmless = warning != null && warning.startsWith("REFERENCE_BLACK_WHITE not found");
    if (damage == null && !harmless) {
      damage = warning == null ? "the decoder warned" : warning;
    }
  }

  private static String reason(Exception error) {
    // The innermost message of an I/O error: outer ones only say that an image could not be read.
    String reason = "the decoder gave up";
    for (@Nullable Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof EOFException) {
        return "truncated, it ends within its picture data";
      }
      if (e instanceof IOException && e.getMessage() != null) {
        reason = e.getMessage();
      } else if (e instanceof RuntimeException) {
        reason = "the decoder gave up (" + e.getClass().getSimpleName() + ")";
      }
    }
    return reason;
  }
}
