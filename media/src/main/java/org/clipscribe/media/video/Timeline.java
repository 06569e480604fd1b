package org.clipscribe.media.video;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Which samples are shown, and when: samples sorted by time, as the container's edit list places
/// them.
///
/// @param samples the sample behind each frame
/// @param times when each frame appears, in nanoseconds
/// @param durationNanos when the last one disappears
record Timeline(int[] samples, long[] times, long durationNanos) {
  /// A stretch of a track that is shown.
  ///
  /// @param at when its first frame appears
  /// @param from where it begins on the track's own clock
  /// @param duration how long it is; negative until the track ends
  record Edit(long at, long from, long duration) {
    static final long TO_THE_END = -1;
  }

  private record Shown(int sample, long time, long end) {}

  /// @param edits in order; all of the track if empty, from its first frame on
  static Timeline of(Samples samples, List<Edit> edits) {
    List<Edit> stretches =
        edits.isEmpty() ? List.of(new Edit(0, first(samples), Edit.TO_THE_END)) : edits;
    List<Shown> shown = new ArrayList<>();
    long duration = 0;
    for (Edit edit : stretches) {
      boolean open = edit.duration() < 0;
      long end = open ? Long.MAX_VALUE : edit.from() + edit.duration();
      for (int i = 0; i < samples.count(); i++) {
        long time = samples.times()[i];
        // A frame that begins before the stretch and lasts into it is shown by players that show
        // anything; ours begin with the next, like ffmpeg.
        if (time >= edit.from() && time < end) {
          long at = edit.at() + time - edit.from();
          long until =
              Math.min(
                  at + samples.durations()[i], open ? Long.MAX_VALUE : edit.at() + edit.duration());
          shown.add(new Shown(i, at, until));
          duration = Math.max(duration, until);
        }
      }
    }
    shown.sort(Comparator.comparingLong(Shown::time));
    return new Timeline(
        shown.stream().mapToInt(Shown::sample).toArray(),
        shown.stream().mapToLong(Shown::time).toArray(),
        duration);
  }

  private static long first(Samples samples) {
    return IntStream.range(0, samples.count()).mapToLong(i -> samples.times()[i]).min().orElse(0);
  }

  int frames() {
    return samples.length;
  }
}
