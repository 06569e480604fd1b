package org.clipscribe.media;

import java.util.List;
import java.util.Set;
import org.clipscribe.nn.BadInputException;

/// Reads size and sample layout of the first page of a TIFF file.
final class TiffScanner {
  private static final long UNCOMPRESSED = 1;
  private static final Set<Long> JPEG_COMPRESSIONS = Set.of(6L, 7L);

  private TiffScanner() {}

  /// @param maxPixels bound for tiles, which may be larger than the picture
  /// @throws BadInputException when the samples are of a kind that cannot be decoded
  /// @throws ByteView.TruncatedException when the file ends within its first directory
  static Scan scan(byte[] file, String origin, long maxPixels) {
    TiffDirectory page = TiffDirectory.parse(file, 0, file.length);
    long bits = page.get(TiffDirectory.BITS_PER_SAMPLE, 1);
    long samples = page.get(TiffDirectory.SAMPLES_PER_PIXEL, 1);
    // ImageIO decodes JPEG strips of four channels to wrong colours.
    long compression = page.get(TiffDirectory.COMPRESSION, UNCOMPRESSED);
    boolean jpeg = JPEG_COMPRESSIONS.contains(compression);
    if (bits < 1 || bits > 16 || samples < 1 || samples > 5 || (jpeg && samples % 2 == 0)) {
      throw new BadInputException(
          origin,
          "is an unsupported image: TIFF of %d samples with %d bits%s; convert it to JPEG or PNG"
              .formatted(samples, bits, jpeg ? " in JPEG strips" : ""));
    }
    long tileWidth = page.get(TiffDirectory.TILE_WIDTH, 1);
    long tileHeight = page.get(TiffDirectory.TILE_HEIGHT, 1);
    if (tileWidth < 1 || tileHeight < 1 || tileHeight > maxPixels / tileWidth) {
      throw new BadInputException(
          origin,
          "is a damaged TIFF: its tiles of %d x %d pixels are invalid"
              .formatted(tileWidth, tileHeight));
    }
    List<String> notices =
        page.hasNext()
            ? List.of("multi-page TIFF: only the first frame (page) is used")
            : List.of();
    return Scan.whole(
        Scan.Format.TIFF,
        page.get(TiffDirectory.IMAGE_WIDTH, 0),
        page.get(TiffDirectory.IMAGE_HEIGHT, 0),
        // Chroma may be subsampled: half a sample a pixel is the least.
        compression == UNCOMPRESSED ? bits * Math.max(samples / 2, 1) : 0,
        page.orientation(),
        file,
        notices);
  }
}
