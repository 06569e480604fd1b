package org.clipscribe.media.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
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

/// A page with the pictures of a film, when they are shown and what they show: one HTML file that
/// needs no other and no network.
public final class ContactSheet {
  /// Wide enough to recognise people, small enough that a hundred pictures are a few megabytes.
  private static final int SIDE = 360;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8884; --quiet: #777; }
      body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px;
             padding: 0 1rem; }
      h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere; }
      p.film { color: var(--quiet); margin: .2rem 0 1.5rem; }
      ol { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
           list-style: none; margin: 0; padding: 0; }
      li { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
      img { display: block; width: 100%; height: auto; }
      time { color: var(--quiet); font-variant-numeric: tabular-nums; font-size: .85rem; }
      figcaption, li div { padding: .5rem .8rem .8rem; overflow-wrap: anywhere; }
      """;

  private final Map<Integer, String> thumbnails = new HashMap<>();

  /// A page without pictures.
  public ContactSheet() {}

  /// Keeps a small copy of a frame.
  public void add(int frame, Image image) {
    try {
      byte[] jpeg = Thumbnails.jpeg(image, SIDE);
      thumbnails.put(frame, Base64.getEncoder().encodeToString(jpeg));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is written to memory
    }
  }

  /// @param file the film, as the user named it
  public String html(String file, VideoInfo film, ModelInfo model, List<TimedCaption> captions) {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    out.append("<meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width\">\n");
    out.append("<title>").append(escaped(file)).append("</title>\n<style>\n").append(STYLE);
    out.append("</style>\n</head>\n<body>\n<h1>").append(escaped(file)).append("</h1>\n");
    out.append("<p class=\"film\">%s</p>\n<ol>\n".formatted(escaped(description(film, model))));
    for (TimedCaption caption : captions) {
      out.append("<li>");
      String picture = thumbnails.get(caption.frame());
      if (picture != null) {
        out.append("<img alt=\"\" src=\"data:image/jpeg;base64,").append(picture).append("\">");
      }
      out.append("<div><time>").append(Subtitles.time(caption.startMillis()));
      out.append(" \u2013 ").append(Subtitles.time(caption.endMillis())).append("</time><br>");
      out.append(escaped(caption.text())).append("</div></li>\n");
    }
    return out.append("</ol>\n</body>\n</html>\n").toString();
  }

  private static String description(VideoInfo film, ModelInfo model) {
    return String.format(
        Locale.ROOT,
        "%s, %s, %d \u00d7 %d, %.1f s; captions by %s",
        film.container(),
        film.codec(),
        film.width(),
        film.height(),
        film.durationNanos() / 1e9,
        model.name());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
