package org.clipscribe.captioner.video;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Finds the shots of a film: where one frame has little to do with the one before.
///
/// The distance of two frames is the mean difference of their thumbnails' brightness, once as it is
/// and once as the distance of their histograms; a cut moves both. A frame begins a shot when its
/// distance is above a floor, well above what is usual around it and above its neighbours', so that
/// a shaking camera or a flicker of light does not count.
public final class Shots {
  /// Of 255. Film grain and motion stay below; found on films joined from photos.
  private static final double FLOOR = 12;

  /// Times the median distance of the frames around.
  private static final double PEAK = 1.9;

  /// Times the distances just before and after.
  private static final double EDGE = 1.35;

  private static final int BESIDE = 2;

  /// Frames to each side that tell what is usual.
  private static final int AROUND = 12;

  private static final int BINS = 16;

  private Shots() {}

  /// One moment for each shot: its middle frame, over all of its time.
  ///
  /// @param shortestNanos shorter shots are joined with the one before
  /// @throws org.clipscribe.nn.BadInputException when nothing can be decoded
  public static List<Moment> of(FrameSource film, long shortestNanos) {
    double[] distances = distances(film);
    List<Integer> starts = new ArrayList<>();
    starts.add(0);
    for (int frame = 1; frame < distances.length; frame++) {
      if (isCut(distances, frame)
          && film.time(frame) - film.time(starts.getLast()) >= shortestNanos) {
        starts.add(frame);
      }
    }
    List<Moment> moments = new ArrayList<>();
    for (int i = 0; i < starts.size(); i++) {
      int from = starts.get(i);
      boolean last = i + 1 == starts.size();
      int to = last ? film.frames() : starts.get(i + 1);
      long end = last ? film.info().durationNanos() : film.time(to);
      long start = i == 0 ? 0 : film.time(from);
      moments.add(new Moment((from + to) >>> 1, start, Math.max(start, end)));
    }
    return List.copyOf(moments);
  }

  private static double[] distances(FrameSource film) {
    double[] distances = new double[film.frames()];
    byte[][] before = new byte[1][];
    film.survey(
        (frame, luma) -> {
          if (before[0] != null) {
            distances[frame] = distance(before[0], luma);
          }
          before[0] = luma;
        });
    return distances;
  }

  static double distance(byte[] a, byte[] b) {
    long difference = 0;
    int[] histogram = new int[BINS];
    for (int i = 0; i < a.length; i++) {
      difference += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
      histogram[(a[i] & 0xff) * BINS / 256]++;
      histogram[(b[i] & 0xff) * BINS / 256]--;
    }
    double moved = Arrays.stream(histogram).map(Math::abs).sum() / 2.0 / a.length;
    return (double) difference / a.length * (0.5 + moved);
  }

  private static boolean isCut(double[] distances, int frame) {
    if (distances[frame] < FLOOR) {
      return false;
    }
    int from = Math.max(1, frame - AROUND);
    int to = Math.min(distances.length, frame + AROUND + 1);
    double[] around = Arrays.copyOfRange(distances, from, to);
    Arrays.sort(around);
    return distances[frame] >= PEAK * around[around.length / 2] && standsOut(distances, frame);
  }

  private static boolean standsOut(double[] distances, int frame) {
    int from = Math.max(1, frame - BESIDE);
    int to = Math.min(distances.length, frame + BESIDE + 1);
    return IntStream.range(from, to)
        .filter(i -> i != frame)
        .allMatch(i -> distances[frame] >= EDGE * distances[i]);
  }
}
