package org.clipscribe.captioner.video;

import java.util.ArrayList;
import java.util.List;

/// Which moments of a film are looked at.
public final class Moments {
  private Moments() {}

  /// `count` moments at `i * duration / count`, as the original toolkit picks them; each stretch
  /// lasts until the next begins.
  ///
  /// @param count at least 1
  public static List<Moment> even(FrameSource film, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("moments: " + count + " of them, at least 1");
    }
    long duration = film.info().durationNanos();
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long start = part(duration, i, count);
      moments.add(new Moment(film.shownAt(start), start, part(duration, i + 1, count)));
    }
    return List.copyOf(moments);
  }

  /// A moment every so often, from the start on.
  ///
  /// @param nanos above 0
  public static List<Moment> every(FrameSource film, long nanos) {
    if (nanos < 1) {
      throw new IllegalArgumentException("moments: every " + nanos + " ns");
    }
    long duration = film.info().durationNanos();
    List<Moment> moments = new ArrayList<>();
    for (long start = 0; start == 0 || start < duration; start += nanos) {
      long end = Math.min(duration, start + nanos);
      moments.add(new Moment(film.shownAt(start), start, end));
    }
    return List.copyOf(moments);
  }

  /// `duration * i / count`, where the product could be too long for a long.
  private static long part(long duration, int i, int count) {
    return duration / count * i + duration % count * i / count;
  }
}
