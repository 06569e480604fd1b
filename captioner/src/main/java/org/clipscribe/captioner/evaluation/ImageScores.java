package org.clipscribe.captioner.evaluation;

import java.util.List;

/// The scores of one caption.
///
/// @param bleu BLEU-1 to BLEU-4 of this caption alone, 0 to 1
/// @param rougeL 0 to 1
/// @param ciderD 0 to 10
public record ImageScores(List<Double> bleu, double rougeL, double ciderD) {
  public ImageScores {
    bleu = List.copyOf(bleu);
  }

  /// What a caption without any reference gets: it is not scored.
  static final ImageScores NONE = new ImageScores(List.of(0.0, 0.0, 0.0, 0.0), 0, 0);
}
