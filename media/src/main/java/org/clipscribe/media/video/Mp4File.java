package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.clipscribe.media.video.FileBytes.Damage;
import org.clipscribe.media.video.Mp4Boxes.Box;
import org.clipscribe.media.video.Timeline.Edit;

/// Reads MP4 and QuickTime files, plain and fragmented (ISO/IEC 14496-12 and -15).
final class Mp4File {
  private static final int NANOS = 1_000_000_000;

  private final FileBytes file;
  private final Mp4Boxes boxes;

  private Mp4File(FileBytes file) {
    this.file = file;
    this.boxes = new Mp4Boxes(file);
  }

  /// @throws Damage when the file is not whole enough to be played
  static Track read(FileBytes file) {
    return new Mp4File(file).read();
  }

  /// A track that holds pictures.
  ///
  /// @param box its `trak`
  /// @param entry its first sample description
  /// @param timescale ticks per second
  record Video(Box box, SampleEntry entry, int id, long timescale) {}

  /// How samples are coded.
  record SampleEntry(String type, int width, int height, byte[] setup, Colours colours) {}

  private Track read() {
    List<Box> top = boxes.top();
    Box moov =
        top.stream()
            .filter(box -> box.type().equals("moov"))
            .findFirst()
            .orElseThrow(
                () ->
                    new Damage(
                        "its index (box moov) is missing: the recording was not finished or the"
                            + " file is cut"));
    long movieScale = timescale(boxes.need(moov, "mvhd"));
    Video video = video(moov);
    Samples.Builder builder = new Samples.Builder();
    List<String> notices = new ArrayList<>();
    new Mp4Tables(boxes, file.size(), video).read(builder, notices);
    new Mp4Fragments(boxes, file.size(), video, moov).read(top, builder, notices);
    if (builder.count() == 0) {
      throw new Damage("none of its frames is there");
    }
    Samples samples = builder.build(file);
    Timeline timeline = Timeline.of(samples, edits(video, movieScale));
    if (timeline.frames() == 0) {
      throw new Damage("its edit list shows none of its frames");
    }
    SampleEntry entry = video.entry();
    return new Track(
        isQuickTime(top) ? "mov" : "mp4",
        codec(entry),
        entry.setup(),
        entry.width(),
        entry.height(),
        rotation(video.box()),
        entry.colours(),
        samples,
        timeline,
        notices);
  }

  private boolean isQuickTime(List<Box> top) {
    return top.stream()
        .filter(box -> box.type().equals("ftyp") && box.size() >= 4)
        .findFirst()
        .map(box -> text(file.read(box.from(), 4), 4).equals("qt  "))
        .orElse(true);
  }

  private Video video(Box moov) {
    List<Video> videos = new ArrayList<>();
    for (Box trak : boxes.in(moov)) {
      if (trak.type().equals("trak") && handler(trak).equals("vide")) {
        ByteBuffer header = boxes.content(boxes.need(trak, "tkhd"));
        int id = skip(header, header.get(0) == 1 ? 20 : 12).getInt();
        videos.add(new Video(trak, entry(trak), id, timescale(boxes.need(trak, "mdia", "mdhd"))));
      }
    }
    return videos.stream()
        .max(Comparator.comparingLong(v -> (long) v.entry().width() * v.entry().height()))
        .orElseThrow(() -> new Damage("there is no video in it, only sound or other tracks"));
  }

  private String handler(Box trak) {
    return boxes
        .find(trak, "mdia", "hdlr")
        .filter(box -> box.size() >= 12)
        .map(box -> text(skip(boxes.content(box), 8), 4))
        .orElse("");
  }

  private SampleEntry entry(Box trak) {
    Box stsd = boxes.need(trak, "mdia", "minf", "stbl", "stsd");
    if (stsd.size() < 16) {
      throw new Damage("its sample description is empty");
    }
    Box entry = boxes.boxes(stsd.from() + 8, stsd.to(), false).getFirst();
    ByteBuffer content = boxes.content(entry);
    int width = need(content, 24, 2).getShort(24) & 0xffff;
    int height = need(content, 26, 2).getShort(26) & 0xffff;
    byte[] setup = new byte[0];
    Colours colours = Colours.UNKNOWN;
    // The fixed part of a visual sample entry has 78 bytes.
    if (content.limit() > 78) {
      for (Box box : boxes.boxes(entry.from() + 78, entry.to(), true)) {
        switch (box.type()) {
          case "avcC", "hvcC", "av1C", "vpcC" -> setup = boxes.content(box).array();
          case "colr" -> colours = colours(boxes.content(box));
          default -> {}
        }
      }
    }
    return new SampleEntry(entry.type(), width, height, setup, colours);
  }

  private static Colours colours(ByteBuffer content) {
    if (content.limit() < 10) {
      return Colours.UNKNOWN;
    }
    String kind = text(content, 4);
    int matrix = content.getShort(8) & 0xffff;
    boolean full = kind.equals("nclx") && content.limit() > 10 && content.get(10) < 0;
    return kind.startsWith("ncl") ? new Colours(matrix, full) : Colours.UNKNOWN;
  }

  private static String codec(SampleEntry entry) {
    return switch (entry.type()) {
      case "avc1", "avc3" -> "h264";
      case "hvc1", "hev1" -> "hevc";
      case "vp08" -> "vp8";
      case "vp09" -> "vp9";
      case "av01" -> "av1";
      case "mp4v" -> "mpeg4";
      case "jpeg", "mjpa", "mjpb", "AVDJ" -> "mjpeg";
      case "apch", "apcn", "apcs", "apco", "ap4h", "ap4x" -> "prores";
      case "png " -> "png";
      default -> entry.type().replaceAll("[^ -~]", "?").strip();
    };
  }

  private long timescale(Box header) {
    ByteBuffer content = boxes.content(header);
    int at = need(content, 0, 1).get(0) == 1 ? 20 : 12;
    long scale = Integer.toUnsignedLong(need(content, at, 4).getInt(at));
    if (scale == 0) {
      throw new Damage("its box %s says that a second has no parts".formatted(header.type()));
    }
    return scale;
  }

  /// The turn in a track's matrix; other matrices count as none.
  private int rotation(Box trak) {
    ByteBuffer content = boxes.content(boxes.need(trak, "tkhd"));
    int at = content.get(0) == 1 ? 52 : 40;
    if (content.limit() < at + 20) {
      return 0;
    }
    int a = Integer.signum(content.getInt(at));
    int b = Integer.signum(content.getInt(at + 4));
    int c = Integer.signum(content.getInt(at + 12));
    int d = Integer.signum(content.getInt(at + 16));
    if (a == 0 && d == 0 && b == -c) {
      return b < 0 ? 90 : 270;
    }
    return a < 0 && d < 0 && b == 0 && c == 0 ? 180 : 0;
  }

  private List<Edit> edits(Video video, long movieScale) {
    Optional<Box> box = boxes.find(video.box(), "edts", "elst");
    if (box.isEmpty()) {
      return List.of();
    }
    ByteBuffer content = boxes.content(box.get());
    boolean wide = need(content, 0, 8).get(0) == 1;
    int entrySize = wide ? 20 : 12;
    long count = Math.min(content.getInt(4), (content.limit() - 8) / entrySize);
    List<Edit> edits = new ArrayList<>();
    long at = 0;
    for (int i = 0; i < count; i++) {
      int place = 8 + i * entrySize;
      long duration = wide ? content.getLong(place) : Integer.toUnsignedLong(content.getInt(place));
      long from = wide ? content.getLong(place + 8) : content.getInt(place + 4);
      // In a fragmented file, and for the last edit of some writers, 0 stands for the rest.
      long nanos = duration == 0 ? Edit.TO_THE_END : nanos(duration, movieScale);
      if (from >= 0) {
        edits.add(new Edit(at, nanos(from, video.timescale()), nanos));
      }
      at += Math.max(0, nanos);
    }
    return edits;
  }

  /// Ticks as nanoseconds, rounded down.
  static long nanos(long ticks, long timescale) {
    if (Math.abs(ticks / timescale) > Long.MAX_VALUE / NANOS / 4) {
      throw new Damage(
          "it says that a frame is shown after %d years".formatted(ticks / timescale / 31_557_600));
    }
    return ticks / timescale * NANOS + ticks % timescale * NANOS / timescale;
  }

  static ByteBuffer need(ByteBuffer content, int at, int count) {
    if (at < 0 || content.limit() - at < count) {
      throw new Damage("one of its boxes is shorter than its content");
    }
    return content;
  }

  private static ByteBuffer skip(ByteBuffer content, int count) {
    return need(content, count, 4).position(count);
  }

  private static String text(ByteBuffer content, int count) {
    byte[] bytes = new byte[Math.min(count, content.remaining())];
    content.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
