package org.clipscribe.media;

import java.util.HashMap;
import java.util.Map;

/// The first image file directory of a TIFF file, or of the TIFF structure that EXIF wraps: small
/// integers by tag. Anything else in it is of no interest here and is never looked at.
final class TiffDirectory {
  static final int IMAGE_WIDTH = 0x100;
  static final int IMAGE_HEIGHT = 0x101;
  static final int BITS_PER_SAMPLE = 0x102;
  static final int COMPRESSION = 0x103;
  static final int ORIENTATION = 0x112;
  static final int SAMPLES_PER_PIXEL = 0x115;
  static final int TILE_WIDTH = 0x142;
  static final int TILE_HEIGHT = 0x143;

  private static final int SHORT = 3;
  private static final int LONG = 4;

  private final Map<Integer, Long> values = new HashMap<>();
  private final boolean hasNext;

  /// @throws ByteView.TruncatedException when the directory does not lie within the bytes
  private TiffDirectory(ByteView view) {
    long at = view.u32(4);
    int entries = view.u16(at);
    for (int i = 0; i < entries; i++) {
      long entry = at + 2 + 12L * i;
      int type = view.u16(entry + 2);
      if (type == SHORT || type == LONG) {
        // Up to 4 bytes lie in the entry, more where it points to.
        long bytes = view.u32(entry + 4) * (type == SHORT ? 2 : 4);
        long place = bytes <= 4 ? entry + 8 : view.u32(entry + 8);
        if (place + 4 <= view.size()) { // one bad entry does not spoil the others
          long value = type == SHORT ? view.u16(place) : view.u32(place);
          values.putIfAbsent(view.u16(entry), value);
        }
      }
    }
    long next = at + 2 + 12L * entries;
    hasNext = next + 4 <= view.size() && view.u32(next) != 0;
  }

  /// @param start where the byte order mark is
  /// @param end where the TIFF structure ends
  /// @throws ByteView.TruncatedException when it is none, or does not lie within the bytes
  static TiffDirectory parse(byte[] bytes, int start, int end) {
    ByteView little = new ByteView(bytes, start, end, true);
    if (little.matches(0, "II*\0")) {
      return new TiffDirectory(little);
    }
    if (little.matches(0, "MM\0*")) {
      return new TiffDirectory(new ByteView(bytes, start, end, false));
    }
    throw new ByteView.TruncatedException();
  }

  /// The EXIF orientation, 1 (upright) wherever there is none or it makes no sense: a picture is
  /// never refused for it.
  static int orientation(byte[] bytes, int start, int end) {
    try {
      return parse(bytes, start, end).orientation();
    } catch (ByteView.TruncatedException e) {
      return 1;
    }
  }

  int orientation() {
    long value = get(ORIENTATION, 1);
    return value >= 1 && value <= 8 ? (int) value : 1;
  }

  /// The first value of a tag.
  long get(int tag, long absent) {
    return values.getOrDefault(tag, absent);
  }

  /// Whether another page follows.
  boolean hasNext() {
    return hasNext;
  }
}
