package org.clipscribe.media;

import java.util.List;
import org.clipscribe.nn.BadInputException;

/// Reads the size of a BMP file.
final class BmpScanner {
  private static final int UNCOMPRESSED = 0;
  private static final int BITFIELDS = 3;
  private static final int JPEG = 4;
  private static final int PNG = 5;

  private BmpScanner() {}

  /// @throws BadInputException when a JPEG or PNG is wrapped in it
  /// @throws ByteView.TruncatedException when the file ends within its header
  static Scan scan(byte[] file, String origin) {
    ByteView view = ByteView.littleEndian(file);
    long headerBytes = view.u32(14);
    if (headerBytes < 40) { // OS/2
      int bits = view.u16(24);
      return Scan.whole(Scan.Format.BMP, view.u16(18), view.u16(20), bits, 1, file, List.of());
    }
    long compression = view.u32(30);
    if (compression == JPEG || compression == PNG) {
      throw new BadInputException(
          origin, "is an unsupported image: BMP around a JPEG or PNG; convert it to JPEG or PNG");
    }
    boolean plain = compression == UNCOMPRESSED || compression == BITFIELDS;
    // A negative height says that the rows come top down.
    long height = Math.abs((long) view.i32(22));
    return Scan.whole(
        Scan.Format.BMP, view.i32(18), height, plain ? view.u16(28) : 0, 1, file, List.of());
  }
}
