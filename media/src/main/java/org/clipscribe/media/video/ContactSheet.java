package org.clipscribe.media.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.captioner.video.Subtitles;
import org.clipscribe.captioner.video.TimedCaption;
import org.clipscribe.captioner.video.VideoInfo;
import org.clipscribe.clip.Image;
import org.clipscribe.media.Thumbnails;
import org.clipscribe.report.Html;
import org.clipscribe.report.Page;

/// A page with the pictures of a film, when they are shown and what they show.
public final class ContactSheet {
  /// Wide enough to recognise people, small enough that a hundred pictures are a few megabytes.
  private static final int SIDE = 480;

  private final Map<Integer, byte[]> thumbnails = new HashMap<>();

  /// A page without pictures.
  public ContactSheet() {}

  /// Keeps a small copy of a frame.
  public void add(int frame, Image image) {
    try {
      thumbnails.put(frame, Thumbnails.jpeg(image, SIDE));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is written to memory
    }
  }

  /// The page, an HTML file that needs no other and no network.
  ///
  /// @param file the film, as the user named it
  public byte[] toBytes(String file, VideoInfo film, ModelInfo model, List<TimedCaption> captions) {
    List<Html> cards = captions.stream().map(this::card).toList();
    return new Page(file)
        .add(Html.element("h1", "", Html.text(file)))
        .add(Html.element("p", "quiet", Html.text(description(film, model, captions.size()))))
        .add(Html.element("div", "sheet frames", Html.join(cards)))
        .toBytes();
  }

  private Html card(TimedCaption caption) {
    byte[] picture = thumbnails.get(caption.frame());
    String time =
        Subtitles.time(caption.startMillis()) + " \u2013 " + Subtitles.time(caption.endMillis());
    Html words =
        Html.element(
            "div",
            "words",
            Html.element("div", "name", Html.text(time)),
            Html.element("div", "now", Html.text(caption.text())));
    return Html.element(
        "div",
        "card",
        picture == null ? Html.EMPTY : Html.picture(picture, "frame " + caption.frame()),
        words);
  }

  private static String description(VideoInfo film, ModelInfo model, int captions) {
    return String.format(
        Locale.ROOT,
        "%s, %s, %d \u00d7 %d, %.1f s; %d %s by %s",
        film.container(),
        film.codec(),
        film.width(),
        film.height(),
        film.durationNanos() / 1e9,
        captions,
        captions == 1 ? "caption" : "captions",
        model.name());
  }
}
