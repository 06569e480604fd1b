package org.clipscribe.captioner.video;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.clipscribe.captioner.ModelInfo;
import org.clipscribe.nn.json.Json;

/// The files that players read. All are UTF-8 without a byte order mark, lines end in LF.
public final class Subtitles {
  private static final int MILLIS_PER_SECOND = 1000;
  private static final int MILLIS_PER_MINUTE = 60 * MILLIS_PER_SECOND;
  private static final int MILLIS_PER_HOUR = 60 * MILLIS_PER_MINUTE;

  private Subtitles() {}

  /// SubRip: entries numbered from 1. An entry without text is left out, since players take its
  /// empty line for the end of the entry.
  public static String srt(List<TimedCaption> captions) {
    StringBuilder out = new StringBuilder();
    int number = 0;
    for (TimedCaption caption : captions) {
      if (!caption.text().isEmpty()) {
        number++;
        out.append(number).append('\n');
        out.append(srtTime(caption.startMillis())).append(" --> ");
        out.append(srtTime(caption.endMillis())).append('\n');
        // An arrow within the text would be taken for a line of times.
        out.append(caption.text().replace("-->", "->")).append("\n\n");
      }
    }
    return out.toString();
  }

  /// WebVTT, W3C candidate recommendation of 2019.
  public static String webVtt(List<TimedCaption> captions) {
    StringBuilder out = new StringBuilder("WEBVTT\n");
    for (TimedCaption caption : captions) {
      if (!caption.text().isEmpty()) {
        out.append('\n');
        out.append(time(caption.startMillis())).append(" --> ");
        out.append(time(caption.endMillis())).append('\n');
        out.append(escaped(caption.text())).append('\n');
      }
    }
    return out.toString();
  }

  /// The original toolkit's array of `{start, end, lang, text}`, times as in SubRip.
  public static String originalJson(List<TimedCaption> captions) {
    List<Object> entries = new ArrayList<>();
    for (TimedCaption caption : captions) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("start", srtTime(caption.startMillis()));
      entry.put("end", srtTime(caption.endMillis()));
      entry.put("lang", "en");
      entry.put("text", caption.text());
      entries.add(entry);
    }
    return Json.writePretty(entries);
  }

  /// Everything we know, as one object.
  ///
  /// @param file the film, as the user named it
  public static String json(
      String file, VideoInfo film, ModelInfo model, List<TimedCaption> captions) {
    List<Object> entries = new ArrayList<>();
    for (TimedCaption caption : captions) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("start", seconds(caption.startMillis()));
      entry.put("end", seconds(caption.endMillis()));
      entry.put("frame", caption.frame());
      entry.put("frame_time", seconds(caption.frameMillis()));
      entry.put("caption", caption.text());
      entry.put("tokens", caption.caption().tokens());
      entry.put("score", caption.caption().score());
      entries.add(entry);
    }
    Map<String, Object> origin = new LinkedHashMap<>();
    origin.put("name", model.name());
    origin.put("digest", model.digest());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("file", file);
    document.put("container", film.container());
    document.put("codec", film.codec());
    document.put("width", film.width());
    document.put("height", film.height());
    document.put("duration", seconds(Math.round(film.durationNanos() / 1e6)));
    document.put("model", origin);
    document.put("captions", entries);
    return Json.write(document);
  }

  /// `HH:MM:SS,mmm`; hours may take more than two digits.
  static String srtTime(long millis) {
    return time(millis, ',');
  }

  /// `HH:MM:SS.mmm`, as in WebVTT.
  public static String time(long millis) {
    return time(millis, '.');
  }

  private static String time(long millis, char point) {
    return String.format(
        Locale.ROOT,
        "%02d:%02d:%02d%c%03d",
        millis / MILLIS_PER_HOUR,
        millis / MILLIS_PER_MINUTE % 60,
        millis / MILLIS_PER_SECOND % 60,
        point,
        millis % MILLIS_PER_SECOND);
  }

  private static double seconds(long millis) {
    return millis / (double) MILLIS_PER_SECOND;
  }

  /// Text of a cue must hold no markup; escaping `>` also takes care of arrows.
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
