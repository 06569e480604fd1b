package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.clipscribe.media.video.FileBytes.Damage;
import org.clipscribe.media.video.Mp4Boxes.Box;

/// The tables of a track in a plain MP4 file: where each sample lies, how long it is, when it is
/// shown. They are runs of equal values, walked side by side.
final class Mp4Tables {
  private final Mp4Boxes boxes;
  private final long fileSize;
  private final Mp4File.Video video;
  private final Box stbl;

  Mp4Tables(Mp4Boxes boxes, long fileSize, Mp4File.Video video) {
    this.boxes = boxes;
    this.fileSize = fileSize;
    this.video = video;
    this.stbl = boxes.need(video.box(), "mdia", "minf", "stbl");
  }

  /// Adds the samples that lie within the file.
  void read(Samples.Builder builder, List<String> notices) {
    Optional<Sizes> sizes = sizes();
    Optional<ByteBuffer> chunks = table("stsc");
    Optional<Offsets> offsets = offsets();
    Optional<ByteBuffer> deltas = table("stts");
    if (sizes.isEmpty() || chunks.isEmpty() || offsets.isEmpty() || deltas.isEmpty()) {
      return; // all of a fragmented file's samples are in its fragments
    }
    Runs durations = new Runs(deltas.get());
    Optional<Runs> shifts = table("ctts").map(Runs::new);
    Optional<BitSet> sync = table("stss").map(Mp4Tables::syncSamples);
    Chunks places = new Chunks(chunks.get(), offsets.get());
    int count = sizes.get().count();
    int missing = 0;
    long decodeTime = 0;
    for (int i = 0; i < count; i++) {
      int size = sizes.get().of(i);
      long at = places.next(size);
      long duration = Integer.toUnsignedLong(durations.next());
      // Version 0 holds unsigned shifts, but writers put negative ones there, too; no real one has
      // the upper bit set.
      long shift = shifts.map(Runs::next).orElse(0);
      if (at >= 0 && size <= Samples.MOST_BYTES && at <= fileSize - size) {
        builder.add(
            at,
            size,
            Mp4File.nanos(decodeTime + shift, video.timescale()),
            Mp4File.nanos(duration, video.timescale()),
            sync.isEmpty() || sync.get().get(i));
      } else {
        missing++;
      }
      decodeTime += duration;
    }
    if (missing > 0) {
      notices.add("the file breaks off: %d of %d frames are missing".formatted(missing, count));
    }
  }

  private Optional<ByteBuffer> table(String type) {
    return boxes
        .find(stbl, type)
        .map(box -> Mp4File.need(boxes.content(box), 0, 8).position(4).slice())
        .filter(table -> table.getInt(0) != 0);
  }

  private static BitSet syncSamples(ByteBuffer table) {
    BitSet sync = new BitSet();
    int count = entries(table, 4);
    for (int i = 0; i < count; i++) {
      int number = table.getInt(4 + 4 * i);
      if (number > 0 && number <= 1 << 28) {
        sync.set(number - 1);
      }
    }
    return sync;
  }

  /// How many entries a table really has room for; the first word says how many it has.
  private static int entries(ByteBuffer table, int size) {
    long said = Integer.toUnsignedLong(table.getInt(0));
    return (int) Math.min(said, (table.limit() - 4) / size);
  }

  /// @param table one size each, or empty when all are equal
  private record Sizes(int count, int each, ByteBuffer table) {
    int of(int sample) {
      return each != 0 ? each : table.getInt(4 * sample);
    }
  }

  private Optional<Sizes> sizes() {
    Optional<Box> box = boxes.find(stbl, "stsz");
    if (box.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer content = Mp4File.need(boxes.content(box.get()), 0, 12);
    int each = content.getInt(4);
    long said = Integer.toUnsignedLong(content.getInt(8));
    ByteBuffer table = content.position(12).slice();
    if (each < 0) {
      throw new Damage("its frames have %d bytes each".formatted(Integer.toUnsignedLong(each)));
    }
    long room = each != 0 ? fileSize / each : table.limit() / 4;
    return said == 0
        ? Optional.empty()
        : Optional.of(new Sizes((int) Math.min(said, room), each, table));
  }

  private record Offsets(ByteBuffer table, int count, boolean wide) {
    long of(int chunk) {
      return wide
          ? table.getLong(4 + 8 * chunk)
          : Integer.toUnsignedLong(table.getInt(4 + 4 * chunk));
    }
  }

  private Optional<Offsets> offsets() {
    Optional<Offsets> narrow = table("stco").map(t -> new Offsets(t, entries(t, 4), false));
    return narrow.or(() -> table("co64").map(t -> new Offsets(t, entries(t, 8), true)));
  }

  /// Pairs of a count and a value; the last value goes on for ever.
  private static final class Runs {
    private final ByteBuffer table;
    private final int count;
    private int run = -1;
    private long left;

    Runs(ByteBuffer table) {
      this.table = table;
      this.count = entries(table, 8);
    }

    int next() {
      while (left == 0 && run + 1 < count) {
        run++;
        left = Integer.toUnsignedLong(table.getInt(4 + 8 * run));
      }
      left = Math.max(0, left - 1);
      return run < 0 ? 0 : table.getInt(8 + 8 * run);
    }
  }

  /// Samples lie in chunks; a table says from which chunk on a chunk has how many.
  private static final class Chunks {
    private final ByteBuffer table;
    private final int entries;
    private final Offsets offsets;
    private int entry = -1;
    private int chunk = -1;
    private long left;
    private long at;

    Chunks(ByteBuffer table, Offsets offsets) {
      this.table = table;
      this.entries = entries(table, 12);
      this.offsets = offsets;
    }

    /// Where the next sample begins; -1 when no chunk is left.
    long next(int size) {
      while (left == 0) {
        chunk++;
        if (chunk >= offsets.count()) {
          return -1;
        }
        while (entry + 1 < entries && table.getInt(4 + 12 * (entry + 1)) <= chunk + 1) {
          entry++;
        }
        left = entry < 0 ? 0 : Integer.toUnsignedLong(table.getInt(8 + 12 * entry));
        at = offsets.of(chunk);
      }
      left--;
      long place = at;
      at += Integer.toUnsignedLong(size);
      return place;
    }
  }
}
