package org.clipscribe.media.video;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.clipscribe.captioner.video.FrameSource.Sink;
import org.clipscribe.clip.Image;
import org.clipscribe.media.Orientation;

/// Hands frames on in the order in which they are shown, whatever the order in which they were
/// decoded.
final class InOrder implements Decoding.Receiver {
  private final int[] wanted;
  private final Timeline timeline;
  private final int orientation;
  private final Sink sink;
  private final Map<Integer, Consumer<Integer>> answers = new HashMap<>();
  private int next;
  private int delivered;
  private String lastFault = "";

  /// @param rotation degrees counter-clockwise
  InOrder(int[] wanted, Timeline timeline, int rotation, Sink sink) {
    this.wanted = wanted;
    this.timeline = timeline;
    this.sink = sink;
    this.orientation = orientation(rotation);
  }

  /// As EXIF numbers turns.
  static int orientation(int rotation) {
    return switch (rotation) {
      case 90 -> 8;
      case 180 -> 3;
      case 270 -> 6;
      default -> 1;
    };
  }

  @Override
  public void frame(int sample, Image stored) {
    answer(
        sample,
        frame -> {
          delivered++;
          sink.frame(frame, Orientation.upright(stored, orientation));
        });
  }

  @Override
  public void lost(int sample, String why) {
    lastFault = why;
    answer(sample, frame -> sink.lost(frame, why));
  }

  @Override
  public void thumbnail(int sample, byte[] luma) {
    throw new IllegalStateException("thumbnail: not wanted");
  }

  private void answer(int sample, Consumer<Integer> answer) {
    answers.put(sample, answer);
    while (next < wanted.length) {
      int current = timeline.samples()[wanted[next]];
      Consumer<Integer> ready = answers.get(current);
      if (ready == null) {
        return;
      }
      ready.accept(wanted[next]);
      next++;
      if (next == wanted.length || timeline.samples()[wanted[next]] != current) {
        answers.remove(current);
      }
    }
  }

  /// How many frames were handed on.
  int delivered() {
    return delivered;
  }

  String lastFault() {
    return lastFault;
  }
}
