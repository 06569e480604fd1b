package org.clipscribe.captioner.video;

import org.clipscribe.captioner.Caption;

/// A caption and when it is shown.
///
/// @param startMillis from the start of the film
/// @param endMillis not before `startMillis`
/// @param frame the frame that was looked at
/// @param frameMillis when that frame is shown
public record TimedCaption(
    long startMillis, long endMillis, int frame, long frameMillis, Caption caption) {
  public TimedCaption {
    if (startMillis < 0 || endMillis < startMillis) {
      throw new IllegalArgumentException("caption: from " + startMillis + " to " + endMillis);
    }
  }

  /// The same until another time.
  public TimedCaption until(long millis) {
    return new TimedCaption(startMillis, millis, frame, frameMillis, caption);
  }

  /// The text on one line.
  public String text() {
    return caption.text().replaceAll("\\s+", " ").strip();
  }
}
