package org.clipscribe.media;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.clipscribe.media.Scan.Format;
import org.jspecify.annotations.Nullable;

/// Tells formats apart by their first bytes; a file's name proves nothing.
final class FileKind {
  /// Enough for a byte order mark, an XML declaration and a comment before `<svg`.
  static final int PREFIX_BYTES = 1024;

  private static final List<String> HEIF_BRANDS =
      List.of("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1");

  private FileKind() {}

  /// The format, if it is one that can be read.
  ///
  /// @param prefix the first bytes of the file
  static @Nullable Format supported(byte[] prefix) {
    ByteView view = ByteView.littleEndian(prefix);
    if (view.matches(0, "\u00ff\u00d8\u00ff")) {
      return Format.JPEG;
    }
    if (view.matches(0, "\u0089PNG\r\n\u001a\n")) {
      return Format.PNG;
    }
    if (view.matches(0, "GIF87a") || view.matches(0, "GIF89a")) {
      return Format.GIF;
    }
    if (view.matches(0, "II*\0") || view.matches(0, "MM\0*")) {
      return Format.TIFF;
    }
    // Two letters are too little to go by: many a text begins with BM.
    if (view.matches(0, "BM")
        && view.size() >= 18
        && List.of(12L, 16L, 40L, 52L, 56L, 64L, 108L, 124L).contains(view.u32(14))) {
      return Format.BMP;
    }
    return null;
  }

  /// What a file that cannot be read is, in words for a person, with the remedy if there is one.
  static String describe(byte[] prefix) {
    if (prefix.length == 0) {
      return "the file is empty";
    }
    String foreign = foreignImage(prefix);
    if (foreign != null) {
      return "found " + foreign + "; convert it to JPEG or PNG";
    }
    return "found " + other(prefix) + "; JPEG, PNG, GIF, BMP and TIFF can be read";
  }

  private static @Nullable String foreignImage(byte[] prefix) {
    ByteView view = ByteView.bigEndian(prefix);
    if (view.matches(0, "RIFF") && view.matches(8, "WEBP")) {
      return "WebP";
    }
    if (view.matches(4, "ftyp") && view.size() >= 12) {
      String brand = view.text(8, 4);
      if (HEIF_BRANDS.contains(brand)) {
        return "HEIC (HEIF)";
      }
      if (brand.equals("avif") || brand.equals("avis")) {
        return "AVIF";
      }
    }
    if (view.matches(0, "\0\0\0\fJXL \r\n") || view.matches(0, "\u00ff\n")) {
      return "JPEG XL";
    }
    if (view.matches(0, "\0\0\0\fjP  \r\n") || view.matches(0, "\u00ffO\u00ffQ")) {
      return "JPEG 2000";
    }
    if (view.matches(0, "8BPS")) {
      return "a Photoshop document";
    }
    if (view.matches(0, "\0\0\1\0")) {
      return "a Windows icon";
    }
    if (view.matches(0, "II+\0") || view.matches(0, "MM\0+")) {
      return "BigTIFF";
    }
    if (view.matches(0, "qoif")) {
      return "QOI";
    }
    if (view.matches(0, "P")
        && view.size() > 2
        && view.u8(1) >= '1'
        && view.u8(1) <= '7'
        && Character.isWhitespace(view.u8(2))) {
      return "PNM";
    }
    return text(prefix).contains("<svg") ? "SVG" : null;
  }

  private static String other(byte[] prefix) {
    ByteView view = ByteView.bigEndian(prefix);
    if (view.matches(4, "ftyp")) {
      return "a video (MP4)";
    }
    if (view.matches(0, "%PDF")) {
      return "a PDF document";
    }
    if (view.matches(0, "PK\3\4")) {
      return "a zip archive";
    }
    String text = text(prefix);
    if (text.startsWith("<!doctype html") || text.contains("<html")) {
      return "an HTML page";
    }
    if (text.startsWith("<?xml")) {
      return "XML";
    }
    return isText(prefix) ? "plain text" : "data of an unknown format";
  }

  private static String text(byte[] prefix) {
    return new String(prefix, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
  }

  private static boolean isText(byte[] prefix) {
    for (byte b : prefix) {
      if (b >= 0 && b < ' ' && !Character.isWhitespace(b)) {
        return false;
      }
    }
    return true;
  }
}
