package org.clipscribe.captioner.video;

import java.util.List;
import org.clipscribe.clip.Image;

/// The pictures of a film and when they are shown. Frames are numbered in the order in which they
/// are shown, whatever their order in the file.
///
/// Used by one thread at a time.
public interface FrameSource extends AutoCloseable {
  /// Times of containers are rounded to milliseconds; a frame that starts this much later than
  /// asked for is the one meant.
  long SLACK_NANOS = 1_000_000;

  VideoInfo info();

  /// How many frames are shown; at least 1.
  int frames();

  /// When a frame appears, in nanoseconds from the start. Never less than the frame before.
  long time(int frame);

  /// What a user should know before the result is trusted, like a file that breaks off.
  List<String> notices();

  /// Decodes some frames.
  ///
  /// @param wanted in ascending order, each once
  /// @param sink gets them in that order, upright. A frame that cannot be decoded is told and left
  ///     out; the others come all the same
  /// @throws org.clipscribe.nn.BadInputException when nothing can be decoded
  void read(int[] wanted, Sink sink);

  /// Decodes everything, to a small grey picture of each frame: what finding shots needs.
  ///
  /// @throws org.clipscribe.nn.BadInputException when nothing can be decoded
  void survey(Survey survey);

  @Override
  void close();

  /// The frame that is shown at a time: the last one that has appeared by then.
  default int shownAt(long nanos) {
    int low = 0;
    int high = frames() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (time(middle) <= nanos + SLACK_NANOS) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// Takes frames.
  interface Sink {
    void frame(int frame, Image image);

    /// @param why one line
    void lost(int frame, String why);
  }

  /// Takes thumbnails.
  @FunctionalInterface
  interface Survey {
    /// Side of a thumbnail.
    int SIDE = 16;

    /// @param luma `SIDE * SIDE` mean brightnesses from 0 to 255, row-major
    void thumbnail(int frame, byte[] luma);
  }
}
