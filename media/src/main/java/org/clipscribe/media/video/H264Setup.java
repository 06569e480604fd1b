package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.clipscribe.media.video.FileBytes.Damage;

/// What an H.264 decoder must know before the first sample: the `avcC` record of ISO/IEC 14496-15,
/// or nothing where the stream carries it.
///
/// @param lengthSize how many bytes tell the length of a unit within a sample; 0 when units are set
///     apart by start codes
/// @param sequences sequence parameter sets
/// @param pictures picture parameter sets
record H264Setup(int lengthSize, List<byte[]> sequences, List<byte[]> pictures) {
  static final int SLICE = 1;
  static final int KEY_SLICE = 5;
  static final int SEQUENCE = 7;
  static final int PICTURE = 8;

  static H264Setup parse(byte[] record) {
    ByteBuffer in = ByteBuffer.wrap(record);
    if (record.length < 7) {
      throw new Damage("it does not say how its H.264 stream is to be decoded");
    }
    int lengthSize = (in.get(4) & 3) + 1;
    in.position(5);
    List<byte[]> sequences = units(in, in.get() & 31);
    List<byte[]> pictures = in.hasRemaining() ? units(in, in.get() & 0xff) : List.of();
    return new H264Setup(lengthSize, sequences, pictures);
  }

  private static List<byte[]> units(ByteBuffer in, int count) {
    List<byte[]> units = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (in.remaining() < 2 || in.remaining() - 2 < (in.getShort(in.position()) & 0xffff)) {
        throw new Damage("the parameters of its H.264 stream are cut");
      }
      byte[] unit = new byte[in.getShort() & 0xffff];
      in.get(unit);
      if (unit.length > 0) {
        units.add(unit);
      }
    }
    return units;
  }

  /// The same with the parameter sets that a sample carries, which count from there on.
  H264Setup with(List<byte[]> units) {
    List<byte[]> moreSequences = new ArrayList<>(sequences);
    List<byte[]> morePictures = new ArrayList<>(pictures);
    for (byte[] unit : units) {
      switch (unit[0] & 31) {
        case SEQUENCE -> moreSequences.add(unit);
        case PICTURE -> morePictures.add(unit);
        default -> {}
      }
    }
    return new H264Setup(lengthSize, moreSequences, morePictures);
  }

  /// The units of a sample. What does not fit its length is left out: a decoder goes on without.
  List<byte[]> units(ByteBuffer sample) {
    return lengthSize == 0 ? apart(sample) : measured(sample, false);
  }

  /// The units at the beginning of a sample, the last one cut.
  List<byte[]> firstUnits(ByteBuffer head) {
    return lengthSize == 0 ? apart(head) : measured(head, true);
  }

  private List<byte[]> measured(ByteBuffer sample, boolean mayBeCut) {
    List<byte[]> units = new ArrayList<>();
    ByteBuffer in = sample.duplicate();
    while (in.remaining() > lengthSize) {
      long length = 0;
      for (int i = 0; i < lengthSize; i++) {
        length = length << 8 | (in.get() & 0xff);
      }
      if (length > in.remaining() && !mayBeCut) {
        break;
      }
      byte[] unit = new byte[(int) Math.min(length, in.remaining())];
      in.get(unit);
      if (unit.length > 0) {
        units.add(unit);
      }
    }
    return units;
  }

  /// Units between start codes `00 00 01`, annex B.
  private static List<byte[]> apart(ByteBuffer sample) {
    List<byte[]> units = new ArrayList<>();
    byte[] bytes = new byte[sample.remaining()];
    sample.duplicate().get(bytes);
    int start = nextCode(bytes, 0);
    while (start < bytes.length) {
      int from = start + 3;
      int next = nextCode(bytes, from);
      int to = next;
      while (to > from && bytes[to - 1] == 0) {
        to--; // zeros before a start code belong to it
      }
      if (to > from) {
        units.add(java.util.Arrays.copyOfRange(bytes, from, to));
      }
      start = next;
    }
    return units;
  }

  private static int nextCode(byte[] bytes, int from) {
    for (int i = from; i + 2 < bytes.length; i++) {
      if (bytes[i] == 0 && bytes[i + 1] == 0 && bytes[i + 2] == 1) {
        return i;
      }
    }
    return bytes.length;
  }
}
