package org.clipscribe.media.video;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.captioner.video.FrameSource;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;
import org.clipscribe.nn.BadInputException;

/// A film whose pictures stand each for itself and are read like picture files: motion JPEG,
/// folders of pictures, animated GIFs.
final class PictureFilm implements FrameSource {
  private final VideoInfo info;
  private final long[] times;
  private final Pictures pictures;
  private final List<String> notices;

  /// @param times when each picture appears, in nanoseconds, ascending
  PictureFilm(VideoInfo info, long[] times, Pictures pictures, List<String> notices) {
    this.info = info;
    this.times = times;
    this.pictures = pictures;
    this.notices = new ArrayList<>(notices);
  }

  /// Where the pictures come from.
  interface Pictures extends AutoCloseable {
    /// @return upright
    /// @throws BadInputException when it cannot be read
    Image read(int frame);

    @Override
    default void close() {}
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
    return List.copyOf(notices);
  }

  @Override
  public void read(int[] wanted, Sink sink) {
    int lost = 0;
    for (int i = 0; i < wanted.length; i++) {
      Image image;
      try {
        image = pictures.read(wanted[i]);
      } catch (BadInputException | FileBytes.Damage e) {
        lost++;
        if (lost == wanted.length && e instanceof BadInputException bad) {
          throw bad;
        }
        sink.lost(wanted[i], String.valueOf(e.getMessage()));
        continue;
      }
      sink.frame(wanted[i], image);
    }
  }

  @Override
  public void survey(Survey survey) {
    read(
        IntStream.range(0, frames()).toArray(),
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
    pictures.close();
  }
}
