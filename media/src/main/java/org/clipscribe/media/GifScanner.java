package org.clipscribe.media;

import java.util.Arrays;
import java.util.List;
import org.clipscribe.nn.BadInputException;

/// Finds the first frame of a GIF file, where it lies on the canvas and whether there are others.
final class GifScanner {
  /// A code of 3 bits or more stands for 4096 pixels at most.
  private static final long PIXELS_PER_BYTE = 4096 * 8 / 3;

  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2c;
  private static final int GRAPHIC_CONTROL = 0xf9;

  /// Flag of an image descriptor.
  private static final int INTERLACED = 0x40;

  private final String origin;
  private final byte[] file;
  private final ByteView view;
  private int background;

  private GifScanner(byte[] file, String origin) {
    this.origin = origin;
    this.file = file;
    this.view = ByteView.littleEndian(file);
  }

  /// @throws BadInputException when there is no picture in the file
  /// @throws ByteView.TruncatedException when the file ends before its picture data begins
  static Scan scan(byte[] file, String origin) {
    return new GifScanner(file, origin).scan();
  }

  private Scan scan() {
    int frame = nextFrame(13 + colourTableBytes(view.u8(10)));
    if (frame < 0) {
      throw new BadInputException(origin, "is a damaged GIF: it ends before its first frame");
    }
    int left = view.u16(frame + 1L);
    int top = view.u16(frame + 3L);
    int width = view.u16(frame + 5L);
    int height = view.u16(frame + 7L);
    int flags = view.u8(frame + 9L);
    // The first byte of the data is the code size.
    int data = frame + 10 + colourTableBytes(flags) + 1;
    int around = background;
    int end = endOfBlocks(data);
    // A frame that sticks out makes the canvas larger, as in Pillow.
    int canvasWidth = Math.max(view.u16(6), left + width);
    int canvasHeight = Math.max(view.u16(8), top + height);
    return new Scan(
        Scan.Format.GIF,
        width == 0 ? 0 : canvasWidth,
        height == 0 ? 0 : canvasHeight,
        Long.MAX_VALUE, // the canvas may be larger than the frame
        1,
        plainHead(frame),
        frame + 10,
        end < 0 ? file.length : end,
        end < 0 || (long) width * height > PIXELS_PER_BYTE * (end - data)
            ? "truncated, it ends within its first frame"
            : null,
        end >= 0 && anotherFrame(end)
            ? List.of("animated GIF: only the first frame is used")
            : List.of(),
        new Scan.Frame(left, top, width, height, (flags & INTERLACED) != 0, around));
  }

  /// The file up to the first frame's data, with the interlace flag taken out: ImageIO puts the
  /// rows of frames up to 4 high in the wrong places, so that we do it ourselves.
  private byte[] plainHead(int frame) {
    byte[] head = Arrays.copyOf(file, frame + 10);
    head[frame + 9] &= (byte) ~INTERLACED;
    return head;
  }

  /// @return one past the blocks, or -1 if the file ends before
  private int endOfBlocks(int from) {
    try {
      return skipBlocks(from);
    } catch (ByteView.TruncatedException e) {
      return -1;
    }
  }

  private boolean anotherFrame(int from) {
    try {
      return nextFrame(from) >= 0;
    } catch (ByteView.TruncatedException e) {
      return false; // what follows the first frame is not looked at
    }
  }

  /// @return where the next image descriptor is, or -1 if the file ends in order before one
  private int nextFrame(int from) {
    int at = from;
    while (at < file.length) {
      switch (view.u8(at)) {
        case IMAGE -> {
          return at;
        }
        case EXTENSION -> {
          if (view.u8(at + 1L) == GRAPHIC_CONTROL && (view.u8(at + 3L) & 1) != 0) {
            background = view.u8(at + 6L); // the transparent colour
          }
          at = skipBlocks(at + 2);
        }
        default -> {
          return -1;
        }
      }
    }
    return -1;
  }

  private int skipBlocks(int from) {
    int at = from;
    while (view.u8(at) != 0) {
      at += 1 + view.u8(at);
    }
    return at + 1;
  }

  private static int colourTableBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }
}
