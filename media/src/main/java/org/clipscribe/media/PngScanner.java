package org.clipscribe.media;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.clipscribe.nn.BadInputException;
import org.jspecify.annotations.Nullable;

/// Walks the chunks of a PNG file, checks the check sums of those that make the picture, and leaves
/// out all others: neither a colour profile, nor transparency, nor a text that inflates to
/// gigabytes reaches ImageIO.
final class PngScanner {
  private static final int SIGNATURE_BYTES = 8;

  /// The most that a byte of zlib data can inflate to.
  private static final long DEFLATE_RATIO = 1032;

  private final String origin;
  private final byte[] file;
  private final ByteView view;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private final List<String> notices = new ArrayList<>();
  private @Nullable String damage;
  private int orientation = 1;
  private int dataStart;

  private PngScanner(byte[] file, String origin) {
    this.origin = origin;
    this.file = file;
    this.view = ByteView.bigEndian(file);
  }

  /// @throws BadInputException when there is no picture in the file
  /// @throws ByteView.TruncatedException when the file ends before its picture data begins
  static Scan scan(byte[] file, String origin) {
    return new PngScanner(file, origin).scan();
  }

  private Scan scan() {
    if (view.u32(SIGNATURE_BYTES) != 13 || !view.matches(SIGNATURE_BYTES + 4, "IHDR")) {
      throw new BadInputException(origin, "is a damaged PNG: it does not begin with a header");
    }
    head.write(file, 0, SIGNATURE_BYTES);
    long width = view.u32(16);
    long height = view.u32(20);
    int end = chunks();
    if (dataStart == 0) {
      throw new BadInputException(
          origin, "is a damaged PNG: " + (damage == null ? "it has no picture data" : damage));
    }
    return new Scan(
        Scan.Format.PNG,
        width,
        height,
        (end - dataStart) * DEFLATE_RATIO * 8 / bitsPerPixel(),
        orientation,
        head.toByteArray(),
        dataStart,
        end,
        damage,
        notices,
        null);
  }

  private int bitsPerPixel() {
    int channels =
        switch (view.u8(25)) {
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> 1;
        };
    return Math.max(view.u8(24), 1) * channels;
  }

  /// @return one past the end chunk, or the file's size if there is none
  private int chunks() {
    long at = SIGNATURE_BYTES;
    while (at < file.length) {
      if (at + 12 > file.length || at + 12 + view.u32(at) > file.length) {
        break;
      }
      int length = (int) view.u32(at);
      String type = view.text(at + 4, 4);
      chunk(type, (int) at, length);
      at += 12 + length;
      if (type.equals("IEND")) {
        tail((int) at);
        return (int) at;
      }
    }
    if (dataStart == 0 && at + 8 <= file.length && view.matches(at + 4, "IDAT")) {
      dataStart = (int) at; // cut within its first data chunk
    }
    damaged("truncated, it ends before its end chunk");
    return file.length;
  }

  private void chunk(String type, int at, int length) {
    switch (type) {
      case "IHDR" -> {
        check(type, at, length);
        if (at != SIGNATURE_BYTES) {
          throw new BadInputException(origin, "is a damaged PNG: it has two headers");
        }
        head.write(file, at, 12 + length);
      }
      case "PLTE" -> {
        check(type, at, length);
        if (dataStart == 0) {
          head.write(file, at, 12 + length);
        }
      }
      case "IDAT" -> {
        check(type, at, length);
        dataStart = dataStart == 0 ? at : dataStart;
      }
      case "IEND" -> check(type, at, length);
      case "acTL" -> notices.add("animated PNG: only the first frame is used");
      case "eXIf" -> orientation = TiffDirectory.orientation(file, at + 8, at + 8 + length);
      default -> {}
    }
  }

  private void check(String type, int at, int length) {
    CRC32 crc = new CRC32();
    crc.update(file, at + 4, 4 + length);
    if (crc.getValue() != view.u32(at + 8L + length)) {
      damaged("the check sum (CRC) of chunk " + type + " at offset " + at + " is wrong");
    }
  }

  private void tail(int end) {
    if (end < file.length) {
      notices.add((file.length - end) + " bytes follow the end of the picture and are ignored");
    }
  }

  private void damaged(String what) {
    if (damage == null) {
      damage = what;
    }
  }
}
