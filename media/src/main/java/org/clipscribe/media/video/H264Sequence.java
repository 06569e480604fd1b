package org.clipscribe.media.video;

import org.clipscribe.media.video.FileBytes.Damage;

/// The sequence parameter set of an H.264 stream (ITU-T H.264, 7.3.2.1.1), as far as one must know
/// it before decoding.
///
/// @param profile as numbered there
/// @param chromaFormat 1 for 4:2:0
/// @param bitDepth of brightness or colour, the larger
/// @param progressive whether there are only whole frames
/// @param orderType how a slice says when it is shown
/// @param references how many frames may be kept
/// @param width of the picture that is shown, in pixels
/// @param colours as it says; null if it does not
record H264Sequence(
    int profile,
    int chromaFormat,
    boolean separatePlanes,
    int bitDepth,
    boolean progressive,
    int frameNumberBits,
    int orderType,
    int orderBits,
    boolean orderAlwaysZero,
    int references,
    int codedWidth,
    int codedHeight,
    int width,
    int height,
    @org.jspecify.annotations.Nullable Colours colours) {
  private static final int MOST_BYTES = 4096;
  private static final int EXTENDED_SAR = 255;

  static H264Sequence parse(byte[] unit) {
    BitString bits = BitString.of(unit, 1, unit.length, MOST_BYTES);
    int profile = bits.bits(8);
    bits.bits(16); // constraint flags and level
    bits.unsigned(); // its number
    int chroma = 1;
    boolean separate = false;
    int depth = 8;
    if (isHigh(profile)) {
      chroma = bits.unsigned();
      separate = chroma == 3 && bits.flag();
      depth = 8 + Math.max(bits.unsigned(), bits.unsigned());
      bits.flag(); // lossless
      if (bits.flag()) {
        skipScalingLists(bits, chroma == 3 ? 12 : 8);
      }
    }
    int frameNumberBits = 4 + bits.unsigned();
    int orderType = bits.unsigned();
    int orderBits = 0;
    boolean alwaysZero = false;
    if (orderType == 0) {
      orderBits = 4 + bits.unsigned();
    } else if (orderType == 1) {
      alwaysZero = bits.flag();
      bits.signed();
      bits.signed();
      int cycle = bits.unsigned();
      if (cycle > 255) {
        throw new Damage("its H.264 stream has an order of %d frames".formatted(cycle));
      }
      for (int i = 0; i < cycle; i++) {
        bits.signed();
      }
    }
    int references = bits.unsigned();
    bits.flag(); // gaps allowed
    long blocksWide = bits.unsigned() + 1L;
    long mapUnitsHigh = bits.unsigned() + 1L;
    boolean progressive = bits.flag();
    if (!progressive) {
      bits.flag(); // adaptive
    }
    bits.flag(); // direct 8x8
    long codedWidth = 16 * blocksWide;
    long codedHeight = 16 * mapUnitsHigh * (progressive ? 1 : 2);
    int[] crop = new int[4];
    if (bits.flag()) {
      for (int side = 0; side < 4; side++) {
        crop[side] = bits.unsigned();
      }
    }
    int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
    int unitY = (chroma == 1 ? 2 : 1) * (progressive ? 1 : 2);
    long width = codedWidth - unitX * ((long) crop[0] + crop[1]);
    long height = codedHeight - unitY * ((long) crop[2] + crop[3]);
    if (codedWidth > 1 << 15 || codedHeight > 1 << 15 || width < 1 || height < 1) {
      throw new Damage("its H.264 stream says it is %d x %d pixels".formatted(width, height));
    }
    return new H264Sequence(
        profile,
        chroma,
        separate,
        depth,
        progressive,
        frameNumberBits,
        orderType,
        orderBits,
        alwaysZero,
        references,
        (int) codedWidth,
        (int) codedHeight,
        (int) width,
        (int) height,
        bits.flag() ? colours(bits) : null);
  }

  private static boolean isHigh(int profile) {
    return switch (profile) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> true;
      default -> false;
    };
  }

  private static void skipScalingLists(BitString bits, int count) {
    for (int list = 0; list < count; list++) {
      if (bits.flag()) {
        int last = 8;
        int next = 8;
        for (int i = 0; i < (list < 6 ? 16 : 64); i++) {
          if (next != 0) {
            next = (last + bits.signed() + 256) & 255;
          }
          last = next == 0 ? last : next;
        }
      }
    }
  }

  /// From the video usability information, annex E.
  private static @org.jspecify.annotations.Nullable Colours colours(BitString bits) {
    if (bits.flag() && bits.bits(8) == EXTENDED_SAR) {
      bits.bits(32);
    }
    if (bits.flag()) {
      bits.flag(); // overscan
    }
    if (!bits.flag()) {
      return null;
    }
    bits.bits(3); // PAL, NTSC, ..
    boolean full = bits.flag();
    int matrix = Colours.UNSPECIFIED;
    if (bits.flag()) {
      bits.bits(16); // primaries and transfer
      matrix = bits.bits(8);
    }
    return new Colours(matrix, full);
  }
}
