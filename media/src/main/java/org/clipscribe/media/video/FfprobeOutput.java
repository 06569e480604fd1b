package org.clipscribe.media.video;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.nn.BadInputException;

/// What `ffprobe` says, line by line: `name=value`.
final class FfprobeOutput {
  private static final double NANOS = 1e9;
  private static final int MOST_FRAMES = 18_000_000;
  private static final double USUAL_SECONDS = 0.04;

  private final List<Double> times = new ArrayList<>();
  private String codec = "unknown";
  private String container = "unknown";
  private int width;
  private int height;
  private int rotation;
  private double last = USUAL_SECONDS;
  private double duration;

  void line(String line) {
    int equals = line.indexOf('=');
    if (equals < 0) {
      return;
    }
    String value = line.substring(equals + 1).strip();
    switch (line.substring(0, equals)) {
      case "codec_name" -> codec = value;
      case "format_name" -> container = value;
      case "width" -> width = (int) number(value, 0);
      case "height" -> height = (int) number(value, 0);
      case "rotation" -> rotation = Math.floorMod((int) number(value, 0), 360);
      case "duration" -> duration = Math.max(duration, number(value, 0));
      case "duration_time" -> last = number(value, USUAL_SECONDS);
      case "pts_time" -> {
        double time = number(value, Double.NaN);
        if (!Double.isNaN(time) && times.size() < MOST_FRAMES) {
          times.add(time);
        }
      }
      default -> {}
    }
  }

  private static double number(String text, double ifNone) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return ifNone; // N/A
    }
  }

  Ffmpeg.Listing listing(Path file) {
    if (width < 1 || height < 1 || times.isEmpty()) {
      throw new BadInputException(file, "there is no video in it that ffprobe can find");
    }
    double[] sorted = times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    long[] nanos = new long[sorted.length];
    for (int i = 0; i < nanos.length; i++) {
      nanos[i] = Math.round((sorted[i] - sorted[0]) * NANOS);
    }
    long end =
        Math.max(nanos[nanos.length - 1] + Math.round(last * NANOS), Math.round(duration * NANOS));
    boolean lying = rotation == 90 || rotation == 270;
    return new Ffmpeg.Listing(
        new VideoInfo(
            container, codec, lying ? height : width, lying ? width : height, rotation, end),
        nanos);
  }
}
