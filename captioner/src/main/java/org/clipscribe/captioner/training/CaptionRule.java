package org.clipscribe.captioner.training;

import java.util.Arrays;
import java.util.Locale;
import org.clipscribe.captioner.Architecture;
import org.clipscribe.captioner.PositionRule;

/// In which order the decoder sees the prefix and the caption, and what it has to predict.
public enum CaptionRule {
  /// `[begin, prefix, caption]`, positions once, each image by itself; the caption and one end
  /// token are predicted, the first token from the last row of the prefix. The order is that of
  /// inference.
  SANE_B(PositionRule.CLEAN),
  /// `[prefix, caption]`, and nothing is predicted from the prefix, so that the first token of a
  /// caption is never learned; otherwise the same.
  SANE_A(PositionRule.CLEAN),
  /// As the original's code does: that order, positions twice, images of a batch attend to
  /// each other in the mapping network, soft-max twice, and padding is predicted too.
  ORIGINAL(PositionRule.ORIGINAL),
  /// As ClipCap does: `[prefix, caption]`, positions once; the caption is predicted, its first
  /// token from the last row of the prefix, and no end token after it, for a full stop ends it.
  ///
  /// Differs: `!`, whose number ClipCap pads with, is learned like any other token.
  CLIPCAP(PositionRule.CLEAN);

  private final PositionRule positionRule;

  CaptionRule(PositionRule positionRule) {
    this.positionRule = positionRule;
  }

  /// What a bundle with networks trained this way has to say.
  public PositionRule positionRule() {
    return positionRule;
  }

  /// The name in configurations: `sane_b`, `sane_a`, `original` or `clipcap`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The rule that captioners of a family are trained by unless something else is said.
  public static CaptionRule usual(Architecture architecture) {
    return architecture == Architecture.CLIPCAP ? CLIPCAP : SANE_B;
  }

  /// Whether captioners of a family can be trained by it.
  public boolean fits(Architecture architecture) {
    return (architecture == Architecture.CLIPCAP) == (this == CLIPCAP)
        && architecture != Architecture.ENCODER_DECODER;
  }

  /// How many tokens at the beginning of a caption are not predicted.
  int unlearned() {
    return this == SANE_B || this == CLIPCAP ? 0 : 1;
  }

  /// What is learned of a caption.
  ///
  /// @param tokens of the caption
  /// @param end the token that ends a text
  /// @param maxLength the most tokens of a caption; the rest is cut off, and then no end is learned
  int[] learned(int[] tokens, int end, int maxLength) {
    int[] kept = tokens.length > maxLength ? Arrays.copyOf(tokens, maxLength) : tokens;
    if (this == ORIGINAL || this == CLIPCAP || kept.length == maxLength) {
      return kept;
    }
    int[] ended = Arrays.copyOf(kept, kept.length + 1);
    ended[kept.length] = end;
    return ended;
  }
}
