package org.clipscribe.media.video;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;

/// A film that `ffmpeg` decodes.
final class FfmpegFilm implements FrameSource {
  private final Ffmpeg ffmpeg;
  private final Path file;
  private final VideoInfo info;
  private final long[] times;
  private final List<String> notices;

  FfmpegFilm(Ffmpeg ffmpeg, Path file, VideoInfo info, long[] times, List<String> notices) {
    this.ffmpeg = ffmpeg;
    this.file = file;
    this.info = info;
    this.times = times;
    this.notices = notices;
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public int frames() {
    return times.length;
  }

  @Override
  public long time(int frame) {
    return times[frame];
  }

  @Override
  public List<String> notices() {
    return notices;
  }

  @Override
  public void read(int[] wanted, Sink sink) {
    ffmpeg.read(file, wanted, info.width(), info.height(), sink);
  }

  @Override
  public void survey(Survey survey) {
    ffmpeg.read(
        file,
        IntStream.range(0, frames()).toArray(),
        Survey.SIDE,
        Survey.SIDE,
        new Sink() {
          @Override
          public void frame(int frame, Image image) {
            survey.thumbnail(frame, LumaGrid.of(image));
          }

          @Override
          public void lost(int frame, String why) {
            // A frame that cannot be read begins no shot.
          }
        });
  }

  @Override
  public void close() {
    // Every reading has a process of its own.
  }
}
