package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.clipscribe.media.video.FileBytes.Damage;

/// Reads Matroska and WebM files (RFC 9559): elements of EBML, whose sizes may be left open where a
/// file was written in one go.
final class MatroskaFile {
  static final int EBML = 0x1A45DFA3;

  private static final int DOC_TYPE = 0x4282;
  private static final int SEGMENT = 0x18538067;
  private static final int INFO = 0x1549A966;
  private static final int TIMESTAMP_SCALE = 0x2AD7B1;
  private static final int TRACKS = 0x1654AE6B;
  private static final int TRACK = 0xAE;
  private static final int TRACK_NUMBER = 0xD7;
  private static final int TRACK_TYPE = 0x83;
  private static final int CODEC_ID = 0x86;
  private static final int CODEC_PRIVATE = 0x63A2;
  private static final int DEFAULT_DURATION = 0x23E383;
  private static final int VIDEO = 0xE0;
  private static final int PIXEL_WIDTH = 0xB0;
  private static final int PIXEL_HEIGHT = 0xBA;
  private static final int COLOUR = 0x55B0;
  private static final int MATRIX = 0x55B1;
  private static final int RANGE = 0x55B9;
  private static final int CLUSTER = 0x1F43B675;
  private static final int TIMESTAMP = 0xE7;
  private static final int SIMPLE_BLOCK = 0xA3;
  private static final int BLOCK_GROUP = 0xA0;
  private static final int BLOCK = 0xA1;
  private static final int REFERENCE = 0xFB;

  private static final int KEY_FRAME = 0x80;
  private static final int LACING = 0x06;
  private static final int FULL_RANGE = 2;
  private static final int VIDEO_TRACK = 1;
  private static final int MOST_TEXT = 1 << 20;
  private static final long DEFAULT_SCALE = 1_000_000;

  /// What a frame lasts if nothing tells.
  private static final long USUAL_NANOS = 40_000_000;

  private final FileBytes file;
  private final Samples.Builder samples = new Samples.Builder();
  private final List<String> notices = new ArrayList<>();
  private long scale = DEFAULT_SCALE;
  private String docType = "matroska";
  private Video video = new Video();
  private boolean found;
  private long clusterTime;

  private MatroskaFile(FileBytes file) {
    this.file = file;
  }

  static Track read(FileBytes file) {
    return new MatroskaFile(file).read();
  }

  private static final class Video {
    long number;
    long type;
    String codec = "";
    byte[] setup = new byte[0];
    long frameNanos;
    int width;
    int height;
    Colours colours = Colours.UNKNOWN;
  }

  /// @param to where the content ends; the end of what is around it if it does not say
  private record Element(int id, long from, long to) {
    long size() {
      return to - from;
    }
  }

  private Track read() {
    try {
      for (long at = 0; at < file.size(); ) {
        Element element = element(at, file.size());
        switch (element.id()) {
          case EBML -> readHead(element);
          case SEGMENT -> readSegment(element);
          default -> {}
        }
        at = element.to();
      }
    } catch (Damage e) {
      if (samples.count() == 0) {
        throw e;
      }
      if (notices.isEmpty()) {
        notices.add("the file breaks off: " + e.getMessage());
      }
    }
    if (!found) {
      throw new Damage("there is no video in it, only sound or other tracks");
    }
    if (samples.count() == 0) {
      throw new Damage("none of its frames is there");
    }
    samples.durationsFromTimes(video.frameNanos > 0 ? video.frameNanos : USUAL_NANOS);
    Samples all = samples.build(file);
    Timeline timeline = Timeline.of(all, List.of());
    return new Track(
        docType.equals("webm") ? "webm" : "matroska",
        codec(video.codec),
        video.setup,
        video.width,
        video.height,
        0,
        video.colours,
        all,
        timeline,
        notices.stream().distinct().toList());
  }

  private static String codec(String id) {
    return switch (id) {
      case "V_MPEG4/ISO/AVC" -> "h264";
      case "V_MPEGH/ISO/HEVC" -> "hevc";
      case "V_VP8" -> "vp8";
      case "V_VP9" -> "vp9";
      case "V_AV1" -> "av1";
      case "V_MJPEG" -> "mjpeg";
      case "V_MPEG4/ISO/ASP", "V_MPEG4/ISO/SP" -> "mpeg4";
      case "V_MPEG2" -> "mpeg2";
      case "V_PRORES" -> "prores";
      default -> id.replaceAll("[^ -~]", "?");
    };
  }

  private void readHead(Element head) {
    for (long at = head.from(); at < head.to(); ) {
      Element element = element(at, head.to());
      if (element.id() == DOC_TYPE) {
        docType = text(element);
      }
      at = element.to();
    }
  }

  private void readSegment(Element segment) {
    for (long at = segment.from(); at < segment.to(); ) {
      Element element = element(at, segment.to());
      switch (element.id()) {
        case INFO -> readInfo(element);
        case TRACKS -> readTracks(element);
        case CLUSTER -> {
          // One of open size ends where the next of its level begins.
          at = readCluster(element);
          continue;
        }
        default -> {}
      }
      at = element.to();
    }
  }

  private void readInfo(Element info) {
    for (long at = info.from(); at < info.to(); ) {
      Element element = element(at, info.to());
      if (element.id() == TIMESTAMP_SCALE) {
        scale = Math.max(1, number(element));
      }
      at = element.to();
    }
  }

  private void readTracks(Element tracks) {
    for (long at = tracks.from(); at < tracks.to(); ) {
      Element element = element(at, tracks.to());
      if (element.id() == TRACK && !found) {
        Video track = track(element);
        if (track.type == VIDEO_TRACK) {
          video = track;
          found = true;
        }
      }
      at = element.to();
    }
  }

  private Video track(Element track) {
    Video result = new Video();
    for (long at = track.from(); at < track.to(); ) {
      Element element = element(at, track.to());
      switch (element.id()) {
        case TRACK_NUMBER -> result.number = number(element);
        case TRACK_TYPE -> result.type = number(element);
        case CODEC_ID -> result.codec = text(element);
        case CODEC_PRIVATE -> result.setup = bytes(element).array();
        case DEFAULT_DURATION -> result.frameNanos = number(element);
        case VIDEO -> readVideo(element, result);
        default -> {}
      }
      at = element.to();
    }
    return result;
  }

  private void readVideo(Element parent, Video result) {
    for (long at = parent.from(); at < parent.to(); ) {
      Element element = element(at, parent.to());
      switch (element.id()) {
        case PIXEL_WIDTH -> result.width = (int) Math.min(1 << 16, number(element));
        case PIXEL_HEIGHT -> result.height = (int) Math.min(1 << 16, number(element));
        case COLOUR -> result.colours = colours(element);
        default -> {}
      }
      at = element.to();
    }
  }

  private Colours colours(Element parent) {
    int matrix = Colours.UNSPECIFIED;
    boolean full = false;
    for (long at = parent.from(); at < parent.to(); ) {
      Element element = element(at, parent.to());
      switch (element.id()) {
        case MATRIX -> matrix = (int) number(element);
        case RANGE -> full = number(element) == FULL_RANGE;
        default -> {}
      }
      at = element.to();
    }
    return new Colours(matrix, full);
  }

  /// @return where it ends
  private long readCluster(Element cluster) {
    long at = cluster.from();
    while (at < cluster.to()) {
      Element element = element(at, cluster.to());
      switch (element.id()) {
        case TIMESTAMP -> clusterTime = number(element);
        case SIMPLE_BLOCK -> readBlock(element, true);
        case BLOCK_GROUP -> readGroup(element);
        case CLUSTER, INFO, TRACKS, SEGMENT -> {
          return at;
        }
        default -> {}
      }
      at = element.to();
    }
    return at;
  }

  private void readGroup(Element group) {
    Optional<Element> block = Optional.empty();
    boolean refers = false;
    for (long at = group.from(); at < group.to(); ) {
      Element element = element(at, group.to());
      switch (element.id()) {
        case BLOCK -> block = Optional.of(element);
        case REFERENCE -> refers = true;
        default -> {}
      }
      at = element.to();
    }
    if (block.isPresent()) {
      readBlock(block.get(), !refers);
    }
  }

  /// @param mayBeKey whether it refers to no other as far as is known
  private void readBlock(Element block, boolean mayBeKey) {
    ByteBuffer head = file.read(block.from(), Math.min(12, block.size()));
    long number = variable(head, true);
    if (number != video.number || !found) {
      return;
    }
    if (head.remaining() < 3) {
      throw new Damage("a block at %d is too short".formatted(block.from()));
    }
    long time = clusterTime + head.getShort();
    int flags = head.get() & 0xff;
    if ((flags & LACING) != 0) {
      throw new Damage("its frames are laced, which video never is");
    }
    long from = block.from() + head.position();
    boolean key = mayBeKey && isKey(block, flags);
    long size = block.to() - from;
    if (size > Samples.MOST_BYTES) {
      throw new Damage("a frame at %d has %d bytes".formatted(from, size));
    }
    samples.add(from, (int) size, nanos(time), 0, key);
  }

  private long nanos(long time) {
    if (Math.abs(time) > Long.MAX_VALUE / 4 / scale) {
      throw new Damage("it says that a frame is shown at %d times %d ns".formatted(time, scale));
    }
    return time * scale;
  }

  /// Only simple blocks have the flag; others are known by what they refer to.
  private static boolean isKey(Element block, int flags) {
    return block.id() != SIMPLE_BLOCK || (flags & KEY_FRAME) != 0;
  }

  private Element element(long at, long limit) {
    ByteBuffer head = file.read(at, Math.min(12, limit - at));
    int id = (int) variable(head, false);
    int before = head.position();
    long size = variable(head, true);
    long from = at + head.position();
    boolean open = size == (1L << (7 * (head.position() - before))) - 1;
    if (open) {
      return new Element(id, from, limit);
    }
    if (size > limit - from && (id == SEGMENT || id == CLUSTER)) {
      notices.add("the file breaks off"); // what is there of it can be shown
      return new Element(id, from, limit);
    }
    if (size > limit - from) {
      throw new Damage(
          "an element at %d is %d bytes long where %d are left".formatted(at, size, limit - from));
    }
    return new Element(id, from, from + size);
  }

  /// A number of 1 to 8 bytes whose leading zeros tell how many there are.
  private static long variable(ByteBuffer in, boolean withoutMarker) {
    if (!in.hasRemaining()) {
      throw new Damage("an element is cut");
    }
    int first = in.get() & 0xff;
    int more = Integer.numberOfLeadingZeros(first) - 24;
    if (more > 7 || in.remaining() < more) {
      throw new Damage("an element is cut or no element");
    }
    long value = withoutMarker ? first & (0x7f >> more) : first;
    for (int i = 0; i < more; i++) {
      value = value << 8 | (in.get() & 0xff);
    }
    return value;
  }

  private long number(Element element) {
    if (element.size() > 8) {
      throw new Damage("a number of %d bytes".formatted(element.size()));
    }
    long value = 0;
    ByteBuffer in = bytes(element);
    while (in.hasRemaining()) {
      value = value << 8 | (in.get() & 0xff);
    }
    return value;
  }

  private String text(Element element) {
    return new String(bytes(element).array(), StandardCharsets.UTF_8).replace("\0", "");
  }

  private ByteBuffer bytes(Element element) {
    if (element.size() > MOST_TEXT) {
      throw new Damage("an element of its head has %d bytes".formatted(element.size()));
    }
    return file.read(element.from(), element.size());
  }
}
