package org.clipscribe.media;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.clipscribe.clip.Image;
import org.clipscribe.media.Scan.Format;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Reads JPEG, PNG, GIF, BMP and TIFF files to the very bytes that the reference (Pillow with
/// libjpeg-turbo) decodes.
///
/// The format is told by the first bytes, size and damage by a walk over the file's structure
/// before anything is decoded. Colour profiles are ignored and alpha is dropped, as the reference
/// does. Of several frames or pages the first is read.
///
/// Differs: 16-bit grey is reduced to its upper 8 bits, where the reference turns it nearly white;
/// damaged files are refused unless asked for, where the reference notices only some; pictures
/// stand upright unless asked for otherwise. Chroma subsampled vertically only (4:4:0) may differ
/// by a few levels.
///
/// Immutable; one instance serves all threads. Needs the file's bytes and about 6 bytes per pixel
/// of memory while it reads; writes no temporary file.
public final class ImageFileReader {
  /// An uncompressed picture of the largest default size fits.
  private static final int MAX_FILE_BYTES = 640 << 20;

  private final ReadOptions options;

  /// Reads with [ReadOptions#DEFAULT].
  public ImageFileReader() {
    this(ReadOptions.DEFAULT);
  }

  public ImageFileReader(ReadOptions options) {
    this.options = Objects.requireNonNull(options, "options");
  }

  public ReadOptions options() {
    return options;
  }

  /// Reads a picture file.
  ///
  /// @throws BadInputException when it is missing, no picture, too large or damaged
  public ReadImage read(Path file) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(file, "is a folder, not an image");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    } catch (NoSuchFileException e) {
      throw new BadInputException(file.toString(), "no such file", e);
    } catch (IOException e) {
      throw new BadInputException(file.toString(), "cannot be read (" + e + ")", e);
    }
  }

  /// Reads a picture from a stream, to its end.
  ///
  /// @param origin named in errors, for example `standard input`
  /// @throws BadInputException as [#read(Path)]
  /// @throws IOException when the stream fails
  public ReadImage read(InputStream in, String origin) throws IOException {
    // Looked at first, so that an endless device or a film is not read to the limit.
    byte[] prefix = in.readNBytes(FileKind.PREFIX_BYTES);
    format(prefix, origin);
    byte[] file;
    try {
      byte[] rest = in.readNBytes(MAX_FILE_BYTES - prefix.length + 1);
      file = Arrays.copyOf(prefix, prefix.length + rest.length);
      System.arraycopy(rest, 0, file, prefix.length, rest.length);
    } catch (OutOfMemoryError e) {
      throw new BadInputException(
          origin, "is too large for the memory of this Java; raise -Xmx or shrink the picture", e);
    }
    if (file.length > MAX_FILE_BYTES) {
      throw new BadInputException(
          origin,
          "is larger than %d MiB, too large for an image; shrink it"
              .formatted(MAX_FILE_BYTES >> 20));
    }
    return read(file, origin);
  }

  /// Reads a picture from memory.
  ///
  /// @param file the bytes of a picture file; not changed
  /// @param origin named in errors
  /// @throws BadInputException as [#read(Path)]
  public ReadImage read(byte[] file, String origin) {
    Scan scan = scan(file, origin);
    checkSize(scan, origin);
    checkContent(scan, origin);
    refuseDamage(scan, scan.damage(), origin);
    try {
      return decode(scan, file, origin);
    } catch (OutOfMemoryError e) {
      throw new BadInputException(
          origin,
          "decoding %d x %d pixels needs about %d MB of memory; raise -Xmx or shrink the picture"
              .formatted(
                  scan.width(), scan.height(), scan.width() * scan.height() * 6 / 1_000_000 + 1),
          e);
    }
  }

  private static Format format(byte[] prefix, String origin) {
    Format format = FileKind.supported(prefix);
    if (format == null) {
      throw new BadInputException(
          origin, "unsupported or not an image: " + FileKind.describe(prefix));
    }
    return format;
  }

  private Scan scan(byte[] file, String origin) {
    Format format =
        format(Arrays.copyOf(file, Math.min(file.length, FileKind.PREFIX_BYTES)), origin);
    try {
      return switch (format) {
        case JPEG -> JpegScanner.scan(file, origin);
        case PNG -> PngScanner.scan(file, origin);
        case GIF -> GifScanner.scan(file, origin);
        case BMP -> BmpScanner.scan(file, origin);
        case TIFF -> TiffScanner.scan(file, origin, options.maxPixels());
      };
    } catch (ByteView.TruncatedException e) {
      throw new BadInputException(
          origin, "is a damaged " + format + ": truncated, it ends within its header", e);
    }
  }

  private void checkSize(Scan scan, String origin) {
    if (scan.width() < 1 || scan.height() < 1) {
      throw new BadInputException(
          origin,
          "is a damaged %s: invalid size of %d x %d pixels"
              .formatted(scan.format(), scan.width(), scan.height()));
    }
    if (scan.width() > options.maxPixels() / scan.height()) {
      throw new BadInputException(
          origin,
          "is too large: %d x %d pixels, the limit is %d in all; shrink it"
              .formatted(scan.width(), scan.height(), options.maxPixels()));
    }
  }

  /// A header of a few bytes must not make us allocate, and clear, half a gigabyte.
  private static void checkContent(Scan scan, String origin) {
    if (scan.width() * scan.height() > scan.mostPixels()) {
      throw new BadInputException(
          origin,
          "is a damaged %s: truncated, its bytes cannot hold %d x %d pixels; get a fresh copy"
              .formatted(scan.format(), scan.width(), scan.height()));
    }
  }

  private void refuseDamage(Scan scan, @Nullable String damage, String origin) {
    if (damage != null && !options.allowDamaged()) {
      throw new BadInputException(
          origin,
          "is a damaged %s: %s; get a fresh copy, or use it all the same with --allow-damaged"
              .formatted(scan.format(), damage));
    }
  }

  private ReadImage decode(Scan scan, byte[] file, String origin) {
    JdkDecoder.Decoded decoded = JdkDecoder.decode(scan, file, origin, options.allowDamaged());
    refuseDamage(scan, decoded.damage(), origin);
    List<String> notices = new ArrayList<>(scan.notices());
    String damage = scan.damage() == null ? decoded.damage() : scan.damage();
    if (damage != null) {
      notices.add("damaged " + scan.format() + " (" + damage + "), used as far as it goes");
    }
    BufferedImage image = decoded.image();
    byte[] rgb = RgbRaster.toRgb(image);
    if (rgb == null) {
      throw new BadInputException(
          origin,
          "is an unsupported image: %s with samples other than grey, RGB or CMYK; convert it to PNG"
              .formatted(scan.format()));
    }
    if (RgbRaster.isDeepGrey(image)) {
      notices.add("16-bit grey is reduced to 8 bits; the original project makes it nearly white");
    }
    Image stored = new Image(image.getWidth(), image.getHeight(), rgb);
    if (scan.frame() != null) {
      stored = GifCanvas.place(stored, scan, scan.frame(), image.getColorModel());
    }
    return new ReadImage(
        options.upright() ? Orientation.upright(stored, scan.orientation()) : stored, notices);
  }
}
