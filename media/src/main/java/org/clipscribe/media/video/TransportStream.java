package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.clipscribe.media.video.FileBytes.Damage;

/// Reads MPEG transport streams (ISO/IEC 13818-1): packets of 188 bytes, of 192 with a time before
/// each as in recordings of cameras.
final class TransportStream {
  static final int SYNC = 0x47;
  static final int PACKET = 188;
  static final int STAMPED_PACKET = 192;

  private static final int BLOCK_PACKETS = 4096;
  private static final int HEAD_PACKETS = 6;
  private static final int PIDS = 1 << 13;
  private static final long CLOCK = 90_000;
  private static final long WRAP = 1L << 33;
  private static final long USUAL_NANOS = 40_000_000;
  private static final int H264 = 0x1b;

  private final FileBytes file;
  private final int stride;
  private final int lead;
  private final Samples.Builder samples = new Samples.Builder();
  private final List<String> notices = new ArrayList<>();
  private int tablePid = -1;
  private int videoPid = -1;
  private int streamType;
  private long lastTime = Long.MIN_VALUE;
  private long sampleStart = -1;
  private long sampleTime;
  private boolean sampleIsKey;

  private TransportStream(FileBytes file, int stride) {
    this.file = file;
    this.stride = stride;
    this.lead = stride - PACKET;
  }

  /// @param stride distance of packets
  static Track read(FileBytes file, int stride) {
    return new TransportStream(file, stride).read();
  }

  private Track read() {
    long packets = file.size() / stride;
    if (packets * stride != file.size()) {
      notices.add("the file breaks off within a packet");
    }
    for (long first = 0; first < packets; first += BLOCK_PACKETS) {
      int count = (int) Math.min(BLOCK_PACKETS, packets - first);
      byte[] block = file.read(first * stride, (long) count * stride).array();
      for (int i = 0; i < count; i++) {
        packet(block, i * stride + lead, first + i);
      }
    }
    endSample(packets);
    if (videoPid < 0) {
      throw new Damage("there is no video in it, only sound or other streams");
    }
    if (samples.count() == 0) {
      throw new Damage("none of its frames is there");
    }
    samples.durationsFromTimes(USUAL_NANOS);
    Samples all = samples.build(this::gather, HEAD_PACKETS);
    return new Track(
        "mpegts",
        codec(),
        new byte[0],
        0,
        0,
        0,
        Colours.UNKNOWN,
        all,
        Timeline.of(all, List.of()),
        notices);
  }

  private String codec() {
    return switch (streamType) {
      case H264 -> "h264";
      case 0x24 -> "hevc";
      case 0x01 -> "mpeg1";
      case 0x02 -> "mpeg2";
      case 0x10 -> "mpeg4";
      case 0x33 -> "vvc";
      default -> "stream type 0x%02x".formatted(streamType);
    };
  }

  private static boolean isVideo(int type) {
    return switch (type) {
      case H264, 0x24, 0x01, 0x02, 0x10, 0x33 -> true;
      default -> false;
    };
  }

  private void packet(byte[] block, int at, long number) {
    if ((block[at] & 0xff) != SYNC) {
      return; // a lost packet; the decoder will notice
    }
    boolean starts = (block[at + 1] & 0x40) != 0;
    int pid = (block[at + 1] & 0x1f) << 8 | (block[at + 2] & 0xff);
    int payload = payload(block, at);
    int end = at + PACKET;
    if (!starts || payload >= end) {
      return;
    }
    if (pid == 0 && tablePid < 0) {
      readPrograms(block, payload, end);
    } else if (pid == tablePid && videoPid < 0) {
      readStreams(block, payload, end);
    } else if (pid == videoPid) {
      endSample(number);
      beginSample(block, at, payload, number);
    }
  }

  /// Where the content of a packet begins; behind its end if it has none.
  private static int payload(byte[] block, int at) {
    int control = block[at + 3] >> 4 & 3;
    if ((control & 1) == 0) {
      return at + PACKET;
    }
    return control == 3 ? at + 5 + (block[at + 4] & 0xff) : at + 4;
  }

  private void readPrograms(byte[] block, int payload, int end) {
    int at = payload + 1 + (block[payload] & 0xff) + 8;
    while (at + 4 <= end && tablePid < 0) {
      int program = (block[at] & 0xff) << 8 | (block[at + 1] & 0xff);
      if (program != 0) {
        tablePid = ((block[at + 2] & 0x1f) << 8 | (block[at + 3] & 0xff)) % PIDS;
      }
      at += 4;
    }
  }

  private void readStreams(byte[] block, int payload, int end) {
    int section = payload + 1 + (block[payload] & 0xff);
    if (section + 12 > end) {
      return;
    }
    int length = (block[section + 1] & 0x0f) << 8 | (block[section + 2] & 0xff);
    int last = Math.min(end, section + 3 + length - 4);
    int at = section + 12 + ((block[section + 10] & 0x0f) << 8 | (block[section + 11] & 0xff));
    while (at + 5 <= last) {
      int type = block[at] & 0xff;
      if (isVideo(type)) {
        streamType = type;
        videoPid = (block[at + 1] & 0x1f) << 8 | (block[at + 2] & 0xff);
        return;
      }
      at += 5 + ((block[at + 3] & 0x0f) << 8 | (block[at + 4] & 0xff));
    }
  }

  private void beginSample(byte[] block, int at, int payload, long number) {
    if (payload + 14 > at + PACKET || (block[payload + 7] & 0x80) == 0) {
      return; // a sample without a time cannot be shown
    }
    long time =
        (block[payload + 9] >> 1 & 7L) << 30
            | (block[payload + 10] & 0xffL) << 22
            | (block[payload + 11] >> 1 & 0x7fL) << 15
            | (block[payload + 12] & 0xffL) << 7
            | (block[payload + 13] >> 1 & 0x7fL);
    if (lastTime != Long.MIN_VALUE) {
      // The clock starts again after 26 hours.
      time += Math.round((lastTime - time) / (double) WRAP) * WRAP;
    }
    lastTime = time;
    sampleStart = number;
    sampleTime = time;
    boolean adapted = (block[at + 3] & 0x20) != 0 && (block[at + 4] & 0xff) > 0;
    sampleIsKey = adapted && (block[at + 5] & 0x40) != 0; // the flag of random access
  }

  private void endSample(long before) {
    if (sampleStart >= 0 && before - sampleStart < Samples.MOST_BYTES / PACKET) {
      samples.add(
          sampleStart,
          (int) (before - sampleStart),
          Mp4File.nanos(sampleTime, CLOCK),
          0,
          sampleIsKey || samples.count() == 0);
    }
    sampleStart = -1;
  }

  /// The bytes of a sample, out of its packets.
  private ByteBuffer gather(long firstPacket, int packets) {
    byte[] block = file.read(firstPacket * stride, (long) packets * stride).array();
    byte[] bytes = new byte[packets * PACKET];
    int size = 0;
    for (int i = 0; i < packets; i++) {
      int at = i * stride + lead;
      int pid = (block[at + 1] & 0x1f) << 8 | (block[at + 2] & 0xff);
      if ((block[at] & 0xff) == SYNC && pid == videoPid) {
        int from = payload(block, at);
        if (i == 0) {
          from += 9 + (block[Math.min(block.length - 1, from + 8)] & 0xff);
        }
        int count = Math.max(0, at + PACKET - from);
        System.arraycopy(block, Math.min(from, at + PACKET), bytes, size, count);
        size += count;
      }
    }
    return ByteBuffer.wrap(Arrays.copyOf(bytes, size));
  }
}
