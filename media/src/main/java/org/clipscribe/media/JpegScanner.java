package org.clipscribe.media;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Walks the segments of a JPEG file, and rewrites its header so that ImageIO decodes what libjpeg
/// would.
///
/// ImageIO converts through an embedded colour profile while reading, and guesses the colour
/// encoding by rules of its own. Both look at application segments only, so these are left out, and
/// one Adobe segment is put in their place that states what libjpeg's rules (`jdapimin.c`) make of
/// the original ones.
final class JpegScanner {
  /// An encoder needs about ten. Each costs a pass over the picture, whatever its few bytes say.
  private static final int MAX_SCANS = 100;

  /// Bounds scans times pixels to some tens of seconds of decoding.
  private static final long MAX_SCANNED_PIXELS = 1L << 32;

  /// A block of 64 pixels takes a bit at least, if it does not stand for 4 x 4 of them.
  private static final long PIXELS_PER_BYTE = 64 * 8 * 16;

  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int APP15 = 0xef;
  private static final int COMMENT = 0xfe;

  private final String origin;
  private final byte[] file;
  private final ByteView view;
  private final ByteArrayOutputStream segments = new ByteArrayOutputStream();
  private final List<String> notices = new ArrayList<>();
  private @Nullable String damage;

  private int width;
  private int height;
  private int orientation;
  private int[] components = {};
  private boolean jfif;
  private int adobeTransform = -1;
  private int scans;

  private JpegScanner(byte[] file, String origin) {
    this.origin = origin;
    this.file = file;
    this.view = ByteView.bigEndian(file);
  }

  /// @throws BadInputException for a kind of JPEG that cannot be decoded
  /// @throws ByteView.TruncatedException when the file ends before its picture data begins
  static Scan scan(byte[] file, String origin) {
    return new JpegScanner(file, origin).scan();
  }

  private Scan scan() {
    int dataStart = header();
    int end = pictureData(dataStart);
    if (scans > MAX_SCANS || (long) scans * width * height > MAX_SCANNED_PIXELS) {
      throw new BadInputException(
          origin,
          "is a JPEG of %d scans over %d x %d pixels, too many; convert it to PNG"
              .formatted(scans, width, height));
    }
    return new Scan(
        Scan.Format.JPEG,
        width,
        height,
        PIXELS_PER_BYTE * (end - dataStart),
        Math.max(orientation, 1),
        head(),
        dataStart,
        end,
        damage,
        notices,
        null);
  }

  /// @return where the entropy-coded data of the first scan begins
  private int header() {
    long at = 2;
    while (true) {
      int marker = view.u8(at + 1);
      if (view.u8(at) != 0xff) {
        damaged("bytes that belong to no segment at offset " + at);
        at++;
      } else if (marker == 0xff) {
        at++; // fill byte
      } else if (marker == EOI) {
        throw new BadInputException(origin, "is a damaged JPEG: it ends before its picture data");
      } else if (marker <= 0x01 || (marker >= 0xd0 && marker <= SOI)) {
        at += 2; // stands alone
      } else {
        int length = view.u16(at + 2);
        long end = at + 2 + length;
        if (length < 2 || end > view.size()) {
          throw new ByteView.TruncatedException();
        }
        segment(marker, (int) at + 4, (int) end);
        if (marker < APP0 || (marker > APP15 && marker != COMMENT)) {
          segments.write(file, (int) at, (int) (end - at));
        }
        if (marker == SOS) {
          scans++;
          return (int) end;
        }
        at = end;
      }
    }
  }

  private void segment(int marker, int at, int end) {
    switch (marker) {
      case 0xc0, 0xc1, 0xc2 -> frame(at);
      case 0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf ->
          throw unsupported("lossless or hierarchical");
      case 0xc9, 0xca -> throw unsupported("arithmetic-coded");
      case APP0 -> jfif |= end - at >= 5 && view.matches(at, "JFIF\0");
      case APP1 -> {
        if (orientation == 0 && end - at > 6 && view.matches(at, "Exif\0")) {
          orientation = TiffDirectory.orientation(file, at + 6, end);
        }
      }
      case APP14 -> {
        if (end - at >= 12 && view.matches(at, "Adobe")) {
          adobeTransform = view.u8(at + 11);
        }
      }
      case SOS -> {
        if (components.length == 0) {
          throw new BadInputException(origin, "is a damaged JPEG: no frame header");
        }
      }
      default -> {}
    }
  }

  private void frame(int at) {
    if (components.length > 0) {
      throw new BadInputException(origin, "is a damaged JPEG: two frame headers");
    }
    if (view.u8(at) != 8) {
      throw unsupported(view.u8(at) + "-bit");
    }
    height = view.u16(at + 1);
    width = view.u16(at + 3);
    components = new int[view.u8(at + 5)];
    for (int i = 0; i < components.length; i++) {
      components[i] = view.u8(at + 6 + 3L * i);
    }
    if (components.length != 1 && components.length != 3 && components.length != 4) {
      throw unsupported(components.length + "-channel");
    }
  }

  private BadInputException unsupported(String kind) {
    return new BadInputException(
        origin,
        "is an unsupported image: " + kind + " JPEG; convert it to an ordinary JPEG or to PNG");
  }

  /// Follows the coded data from marker to marker.
  ///
  /// @return one past the end-of-image marker, or the file's size if there is none
  private int pictureData(int from) {
    int at = from;
    while (at + 1 < file.length) {
      if (file[at] != (byte) 0xff) {
        at++;
        continue;
      }
      int marker = file[at + 1] & 0xff;
      if (marker == EOI) {
        tail(at + 2);
        return at + 2;
      }
      if (marker == 0xff) {
        at++;
      } else if (marker == 0 || (marker >= 0xd0 && marker <= 0xd7)) {
        at += 2; // a stuffed 0xff, or a restart
      } else if (marker < 0xc0 || marker == SOI || at + 4 > file.length) {
        damaged("a stray marker 0xff%02x at offset %d", marker, at);
        at += 2;
      } else {
        scans += marker == SOS ? 1 : 0;
        long next = at + 2L + view.u16(at + 2);
        at = (int) Math.min(next, file.length);
      }
    }
    damaged("truncated, the end-of-image marker is missing");
    return file.length;
  }

  private void tail(int end) {
    int at = end;
    while (at < file.length && file[at] == 0) {
      at++;
    }
    if (at == file.length) {
      return;
    }
    if (view.matches(at, "\u00ff\u00d8\u00ff")) {
      notices.add("more JPEG pictures follow the first frame; only the first is used");
    } else if (view.matches(at + 4, "ftyp")) {
      notices.add("a video follows the picture; only the picture is used");
    } else {
      notices.add((file.length - end) + " bytes follow the end of the picture and are ignored");
    }
  }

  private void damaged(String format, Object... arguments) {
    if (damage == null) {
      damage = String.format(Locale.ROOT, format, arguments);
    }
  }

  private byte[] head() {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    head.write(0xff);
    head.write(SOI);
    if (components.length > 1) {
      byte[] adobe = {
        (byte) 0xff, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0
      };
      head.writeBytes(adobe);
      head.write(transform());
    }
    head.writeBytes(segments.toByteArray());
    return head.toByteArray();
  }

  /// Adobe's number of the colour encoding, by libjpeg's rules: 0 as is, 1 YCbCr, 2 YCCK.
  private int transform() {
    if (components.length == 4) {
      return adobeTransform <= 0 ? 0 : 2;
    }
    if (jfif) {
      return 1;
    }
    if (adobeTransform >= 0) {
      return adobeTransform == 0 ? 0 : 1;
    }
    return components[0] == 'R' && components[1] == 'G' && components[2] == 'B' ? 0 : 1;
  }
}
