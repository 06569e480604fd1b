package org.clipscribe.captioner.dataset;

import java.util.Arrays;
import java.util.Map;
import org.clipscribe.captioner.dataset.Problem.Reason;

/// What was built.
///
/// @param images with their captions
/// @param leftOut how many problems of each kind there were in this run
public record BuildReport(int images, int captions, Map<Reason, Integer> leftOut) {
  public BuildReport {
    leftOut = Map.copyOf(leftOut);
  }

  /// Whether more than a tenth of the captions or of the images was left out: then something is
  /// wrong with the whole, a folder maybe, and not with a row.
  public boolean lostMuch() {
    int rows = count(Reason.BAD_ROW, Reason.EMPTY_CAPTION, Reason.UNKNOWN_IMAGE, Reason.DUPLICATE);
    int pictures = count(Reason.NO_CAPTION, Reason.MISSING_IMAGE, Reason.UNREADABLE_IMAGE);
    return 10L * rows > captions + (long) rows || 10L * pictures > images + (long) pictures;
  }

  private int count(Reason... reasons) {
    return Arrays.stream(reasons).mapToInt(reason -> leftOut.getOrDefault(reason, 0)).sum();
  }
}
