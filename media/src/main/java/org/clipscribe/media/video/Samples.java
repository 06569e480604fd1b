package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The coded pictures of a track in the order in which they are decoded.
///
/// @param data where their bytes are
/// @param times when each is shown, in nanoseconds of the track's own clock
/// @param durations how long
/// @param sync whether decoding can start there
record Samples(Data data, long[] times, long[] durations, boolean[] sync) {
  /// A coded picture larger than this is no picture.
  static final int MOST_BYTES = 64 << 20;

  /// Room for parameters, messages and the header of the first slice, as a rule.
  private static final int HEAD_BYTES = 1024;

  /// Two hundred hours at 25 frames a second.
  private static final int MOST = 18_000_000;

  /// Reads the bytes of a sample.
  interface Data {
    /// @throws FileBytes.Damage when they are not there
    ByteBuffer read(int sample);

    /// As many of the first bytes as hold its headers.
    ///
    /// @throws FileBytes.Damage when they are not there
    ByteBuffer head(int sample);
  }

  int count() {
    return times.length;
  }

  /// Gathers samples whose bytes lie together in the file.
  static final class Builder {
    private long[] offsets = new long[64];
    private int[] sizes = new int[64];
    private long[] times = new long[64];
    private long[] durations = new long[64];
    private boolean[] sync = new boolean[64];
    private int count;

    void add(long offset, int size, long time, long duration, boolean isSync) {
      if (count == MOST) {
        throw new FileBytes.Damage("it says that it has more than %d frames".formatted(MOST));
      }
      if (count == offsets.length) {
        int more = count + (count >> 1);
        offsets = Arrays.copyOf(offsets, more);
        sizes = Arrays.copyOf(sizes, more);
        times = Arrays.copyOf(times, more);
        durations = Arrays.copyOf(durations, more);
        sync = Arrays.copyOf(sync, more);
      }
      offsets[count] = offset;
      sizes[count] = size;
      times[count] = time;
      durations[count] = duration;
      sync[count] = isSync;
      count++;
    }

    int count() {
      return count;
    }

    /// For containers that say when a frame appears but not for how long: each lasts until the
    /// next, the last as long as the one before.
    void durationsFromTimes(long ifAlone) {
      long[] sorted = Arrays.copyOf(times, count);
      Arrays.sort(sorted);
      for (int i = 0; i < count; i++) {
        int at = Arrays.binarySearch(sorted, times[i]);
        if (at + 1 < count) {
          durations[i] = sorted[at + 1] - sorted[at];
        } else {
          durations[i] = count > 1 ? sorted[count - 1] - sorted[count - 2] : ifAlone;
        }
      }
    }

    Samples build(FileBytes file) {
      return build(file::read, HEAD_BYTES);
    }

    /// @param places reads what lies at an offset
    /// @param head how many of its units hold the headers of a sample
    Samples build(Places places, int head) {
      long[] at = Arrays.copyOf(offsets, count);
      int[] bytes = Arrays.copyOf(sizes, count);
      return new Samples(
          new Data() {
            @Override
            public ByteBuffer read(int sample) {
              return places.read(at[sample], bytes[sample]);
            }

            @Override
            public ByteBuffer head(int sample) {
              return places.read(at[sample], Math.min(head, bytes[sample]));
            }
          },
          Arrays.copyOf(times, count),
          Arrays.copyOf(durations, count),
          Arrays.copyOf(sync, count));
    }
  }

  /// Reads the bytes behind an offset and a size, whatever their unit.
  @FunctionalInterface
  interface Places {
    ByteBuffer read(long at, int size);
  }
}
