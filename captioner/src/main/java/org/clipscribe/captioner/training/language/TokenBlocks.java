package org.clipscribe.captioner.training.language;

import org.clipscribe.nn.BadInputException;

/// A stream of tokens in blocks. The last ones are held out to judge by.
///
/// A block has the token that follows it, too, as the target of its last one: block `i` holds
/// tokens `i * length` to `(i + 1) * length`.
///
/// @param length tokens that a model reads at once
/// @param holdout the share of blocks that are held out, 0 to below 1
public record TokenBlocks(TokenStream stream, int length, double holdout) {
  public TokenBlocks {
    if (length < 1 || !(holdout >= 0 && holdout < 1)) {
      throw new IllegalArgumentException(
          "blocks of %d tokens, %s held out: at least 1, and 0 to below 1"
              .formatted(length, holdout));
    }
    if ((stream.count() - 1) / length >= Integer.MAX_VALUE) {
      throw new BadInputException(
          "text", "has %d tokens, which are too many blocks".formatted(stream.count()));
    }
  }

  /// Number of blocks; the last may be shorter.
  public int count() {
    return (int) Math.ceilDiv(stream.count() - 1, (long) length);
  }

  /// Number of blocks to train on, which are the first; at least one.
  public int training() {
    int held = holdout == 0 ? 0 : Math.max(1, (int) Math.round(holdout * count()));
    return Math.max(1, count() - held);
  }

  /// @param number from 0 to `count() - 1`
  /// @return `length + 1` tokens, in the last block maybe fewer, two at least
  public int[] block(int number) {
    return stream.tokens((long) number * length, length + 1);
  }
}
