package org.clipscribe.media;

import java.awt.image.BufferedImage;
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
    try (SplicedStream stream =
        new SplicedStream(scan.head(), file, scan.from(), scan.to())) {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((_, warning) -> complain(warning));
      checkSize(reader);
      BufferedImage image = read(reader, partial);
      return new Decoded(image, damage);
    } catch (IOException | RuntimeException e) {
      if (e instanceof BadInputException known) {
        throw known;
      }
      throw new BadInputException(origin, "is a damaged " + scan.format() + ": " + reason(e), e);
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
      complain(reason(e));
    }
    return target;
  }

  private void complain(@Nullable String warning) {
    if (damage == null) {
      damage = warning == null ? "the decoder warned" : warning;
    }
  }

  /// The innermost message: outer ones only say that an image could not be read.
  private static String reason(Throwable error) {
    String reason = null;
    for (@Nullable Throwable e = error; e != null; e = e.getCause()) {
      reason = e.getMessage() == null ? reason : e.getMessage();
    }
    return reason == null ? error.getClass().getSimpleName() : reason;
  }
}
