package org.clipscribe.captioner.video;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.clipscribe.captioner.Caption;
import org.clipscribe.captioner.CaptionRequest;
import org.clipscribe.captioner.Captioner;
import org.clipscribe.captioner.PreparedImage;
import org.clipscribe.clip.Image;
import org.jspecify.annotations.Nullable;

/// Captions moments of a film. Frames go from the decoder straight to the model, several at a time,
/// and none is kept longer than that.
///
/// ```java
/// try (var captioner = Captioner.open(bundle);
///     var film = Films.open(Path.of("clip.mp4"))) {
///   var captions = new VideoCaptioner(captioner).caption(film, Moments.even(film, 10));
///   Files.writeString(Path.of("clip.srt"), Subtitles.srt(captions));
/// }
/// ```
public final class VideoCaptioner {
  private final Captioner captioner;
  private final Function<List<PreparedImage>, List<Caption>> writing;

  /// Captions as [Captioner#caption(Image)] does.
  public VideoCaptioner(Captioner captioner) {
    this.captioner = captioner;
    this.writing = captioner::captionPrepared;
  }

  /// @param request how captions are written; of several candidates the best is taken
  public VideoCaptioner(Captioner captioner, CaptionRequest request) {
    this.captioner = captioner;
    this.writing =
        images ->
            captioner.candidatesPrepared(images, request).stream().map(List::getFirst).toList();
  }

  /// Follows the work.
  public interface Observer {
    Observer NONE = new Observer() {};

    /// A frame was decoded; the picture may be kept.
    default void decoded(int frame, Image image) {}

    /// A frame could not be decoded, so that its moments have no caption.
    default void lost(int frame, String why) {}
  }

  public List<TimedCaption> caption(FrameSource film, List<Moment> moments) {
    return caption(film, moments, Observer.NONE);
  }

  /// @param moments several may share a frame, which is then looked at once
  /// @return a caption for each moment whose frame could be decoded, in their order
  /// @throws org.clipscribe.nn.BadInputException when nothing can be decoded
  public List<TimedCaption> caption(FrameSource film, List<Moment> moments, Observer observer) {
    int[] wanted = moments.stream().mapToInt(Moment::frame).sorted().distinct().toArray();
    Batches batches = new Batches(observer);
    film.read(wanted, batches);
    Map<Integer, Caption> captions = batches.finish();
    List<TimedCaption> timed = new ArrayList<>();
    for (Moment moment : moments) {
      Optional.ofNullable(captions.get(moment.frame()))
          .ifPresent(
              caption ->
                  timed.add(
                      new TimedCaption(
                          millis(moment.startNanos()),
                          millis(moment.endNanos()),
                          moment.frame(),
                          millis(film.time(moment.frame())),
                          caption)));
    }
    return List.copyOf(timed);
  }

  /// Joins neighbours that say the same, so that a player shows them without a blink.
  public static List<TimedCaption> merged(List<TimedCaption> captions) {
    List<TimedCaption> merged = new ArrayList<>();
    for (TimedCaption caption : captions) {
      @Nullable TimedCaption last = merged.isEmpty() ? null : merged.getLast();
      if (last != null && last.text().equals(caption.text())) {
        merged.set(merged.size() - 1, last.until(caption.endMillis()));
      } else {
        merged.add(caption);
      }
    }
    return List.copyOf(merged);
  }

  private static long millis(long nanos) {
    return Math.round(nanos / 1e6);
  }

  /// Collects frames until there are enough for the model.
  private final class Batches implements FrameSource.Sink {
    private final Observer observer;
    private final List<Integer> frames = new ArrayList<>();
    private final List<PreparedImage> images = new ArrayList<>();
    private final Map<Integer, Caption> captions = new HashMap<>();

    Batches(Observer observer) {
      this.observer = observer;
    }

    @Override
    public void frame(int frame, Image image) {
      frames.add(frame);
      images.add(captioner.prepare(image));
      observer.decoded(frame, image);
      if (images.size() == Captioner.BATCH) {
        flush();
      }
    }

    @Override
    public void lost(int frame, String why) {
      observer.lost(frame, why);
    }

    Map<Integer, Caption> finish() {
      flush();
      return captions;
    }

    private void flush() {
      List<Caption> found = writing.apply(images);
      for (int i = 0; i < found.size(); i++) {
        captions.put(frames.get(i), found.get(i));
      }
      frames.clear();
      images.clear();
    }
  }
}
