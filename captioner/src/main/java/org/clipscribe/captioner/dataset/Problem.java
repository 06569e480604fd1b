package org.clipscribe.captioner.dataset;

/// Something of a source that was left out of the data set.
///
/// @param message one line: where it stands, and what is wrong
public record Problem(Reason reason, String message) {
  /// Why something is left out, for counting.
  public enum Reason {
    BAD_ROW("rows that cannot be read"),
    EMPTY_CAPTION("captions without text"),
    UNKNOWN_IMAGE("captions of images that the source does not list"),
    DUPLICATE("repeated ids"),
    NO_CAPTION("images without a caption"),
    MISSING_IMAGE("images that are not there"),
    UNREADABLE_IMAGE("images that cannot be read");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /// Completes a count: `2 images that are not there`.
    public String label() {
      return label;
    }
  }
}
