package org.clipscribe.captioner.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// Which split an image goes to: by chance, but always the same for a name and a seed, whatever
/// other images there are. So a data set that grows keeps its test images.
///
/// The first 53 bits of the SHA-256 of `SEED:FILE`, as a fraction of one, are below the share of
/// `train`, or below those of `train` and `val`, or neither.
///
/// @param seed the same gives the same splits
/// @param train share of the images, from 0 to 1
/// @param val likewise
/// @param test likewise
/// @param kept whether a split that the source names goes before
public record Splitting(long seed, double train, double val, double test, boolean kept) {
  /// Rounding of three decimal shares.
  private static final double SLACK = 1e-9;

  /// 90, 5 and 5 per cent, where the source does not say otherwise.
  public static final Splitting DEFAULT = new Splitting(1, 0.9, 0.05, 0.05, true);

  /// @throws IllegalArgumentException when the shares do not add up to one
  public Splitting {
    boolean shares = train >= 0 && val >= 0 && test >= 0;
    if (!shares || !(Math.abs(train + val + test - 1) <= SLACK)) {
      throw new IllegalArgumentException(
          "shares %s, %s, %s: expected three from 0 to 1 that add up to 1"
              .formatted(train, val, test));
    }
  }

  /// @param stated by the source
  Split of(Optional<Split> stated, String file) {
    return stated.filter(_ -> kept).orElseGet(() -> of(file));
  }

  Split of(String file) {
    MessageDigest digest = Sha256.start();
    digest.update((seed + ":" + file).getBytes(StandardCharsets.UTF_8));
    double place = (ByteBuffer.wrap(digest.digest()).getLong() >>> 11) * 0x1p-53;
    if (place < train) {
      return Split.TRAIN;
    }
    return place < train + val ? Split.VAL : test > 0 ? Split.TEST : Split.TRAIN;
  }
}
