package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.clipscribe.media.video.Mp4Boxes.Box;

/// The fragments of an MP4 file that was written piece by piece: each `moof` says what lies in the
/// `mdat` behind it.
final class Mp4Fragments {
  private static final int BASE_OFFSET = 0x1;
  private static final int DESCRIPTION = 0x2;
  private static final int DURATION = 0x8;
  private static final int SIZE = 0x10;
  private static final int FLAGS = 0x20;

  private static final int RUN_OFFSET = 0x1;
  private static final int RUN_FIRST_FLAGS = 0x4;
  private static final int RUN_DURATION = 0x100;
  private static final int RUN_SIZE = 0x200;
  private static final int RUN_FLAGS = 0x400;
  private static final int RUN_SHIFT = 0x800;

  private static final int NO_SYNC = 0x10000;

  private final Mp4Boxes boxes;
  private final long fileSize;
  private final Mp4File.Video video;
  private final Defaults defaults;
  private long decodeTime;
  private int missing;

  Mp4Fragments(Mp4Boxes boxes, long fileSize, Mp4File.Video video, Box moov) {
    this.boxes = boxes;
    this.fileSize = fileSize;
    this.video = video;
    this.defaults = defaults(moov);
  }

  /// What a sample is unless its fragment says otherwise.
  private record Defaults(int duration, int size, int flags) {}

  private Defaults defaults(Box moov) {
    Optional<Box> mvex = boxes.find(moov, "mvex");
    if (mvex.isPresent()) {
      for (Box box : boxes.in(mvex.get())) {
        if (box.type().equals("trex")) {
          ByteBuffer content = Mp4File.need(boxes.content(box), 0, 24);
          if (content.getInt(4) == video.id()) {
            return new Defaults(content.getInt(12), content.getInt(16), content.getInt(20));
          }
        }
      }
    }
    return new Defaults(0, 0, 0);
  }

  /// Adds the samples of all fragments that lie within the file.
  void read(List<Box> top, Samples.Builder builder, List<String> notices) {
    for (Box moof : top) {
      if (moof.type().equals("moof")) {
        try {
          readFragment(moof, builder);
        } catch (FileBytes.Damage e) {
          notices.add("the file breaks off within a fragment: " + e.getMessage());
          return;
        }
      }
    }
    if (missing > 0) {
      notices.add("the file breaks off: %d frames are missing".formatted(missing));
    }
  }

  private void readFragment(Box moof, Samples.Builder builder) {
    for (Box traf : boxes.in(moof)) {
      if (traf.type().equals("traf")) {
        ByteBuffer header = Mp4File.need(boxes.content(boxes.need(traf, "tfhd")), 0, 8);
        int flags = header.getInt() & 0xffffff;
        if (header.getInt() == video.id()) {
          readTrack(traf, base(header, flags, moof), override(header, flags), builder);
        }
      }
    }
  }

  private static long base(ByteBuffer header, int flags, Box moof) {
    return (flags & BASE_OFFSET) != 0 ? next(header, 8).getLong() : moof.start();
  }

  private Defaults override(ByteBuffer header, int flags) {
    if ((flags & DESCRIPTION) != 0) {
      next(header, 4).getInt();
    }
    return new Defaults(
        (flags & DURATION) != 0 ? next(header, 4).getInt() : defaults.duration(),
        (flags & SIZE) != 0 ? next(header, 4).getInt() : defaults.size(),
        (flags & FLAGS) != 0 ? next(header, 4).getInt() : defaults.flags());
  }

  private void readTrack(Box traf, long base, Defaults usual, Samples.Builder builder) {
    boxes
        .find(traf, "tfdt")
        .map(boxes::content)
        .ifPresent(
            content -> {
              boolean wide = Mp4File.need(content, 0, 8).get(0) == 1;
              decodeTime =
                  wide
                      ? Mp4File.need(content, 4, 8).getLong(4)
                      : Integer.toUnsignedLong(content.getInt(4));
            });
    long at = base;
    for (Box box : boxes.in(traf)) {
      if (box.type().equals("trun")) {
        at = readRun(boxes.content(box), base, at, usual, builder);
      }
    }
  }

  /// @return where the next run begins if it does not say
  private long readRun(
      ByteBuffer run, long base, long behind, Defaults usual, Samples.Builder builder) {
    int flags = next(run, 8).getInt() & 0xffffff;
    int count = run.getInt();
    long at = (flags & RUN_OFFSET) != 0 ? base + next(run, 4).getInt() : behind;
    int firstFlags = (flags & RUN_FIRST_FLAGS) != 0 ? next(run, 4).getInt() : usual.flags();
    for (int i = 0; i < Integer.toUnsignedLong(count); i++) {
      long duration =
          Integer.toUnsignedLong(
              (flags & RUN_DURATION) != 0 ? next(run, 4).getInt() : usual.duration());
      int size = (flags & RUN_SIZE) != 0 ? next(run, 4).getInt() : usual.size();
      int ownFlags = i == 0 ? firstFlags : usual.flags();
      if ((flags & RUN_FLAGS) != 0) {
        ownFlags = next(run, 4).getInt();
      }
      int shift = (flags & RUN_SHIFT) != 0 ? next(run, 4).getInt() : 0;
      if (size > 0 && size <= Samples.MOST_BYTES && at >= 0 && at <= fileSize - size) {
        builder.add(
            at,
            size,
            Mp4File.nanos(decodeTime + shift, video.timescale()),
            Mp4File.nanos(duration, video.timescale()),
            (ownFlags & NO_SYNC) == 0);
      } else {
        missing++;
        if ((flags & RUN_SIZE) == 0) {
          break; // a run of equal samples may say that it has billions
        }
      }
      at += Integer.toUnsignedLong(size);
      decodeTime += duration;
    }
    return at;
  }

  private static ByteBuffer next(ByteBuffer content, int count) {
    return Mp4File.need(content, content.position(), count);
  }
}
