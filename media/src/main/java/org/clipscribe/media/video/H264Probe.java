package org.clipscribe.media.video;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at the headers of an H.264 stream for what JCodec cannot decode, or decodes wrongly,
/// before it is tried.
final class H264Probe {
  private static final int HEADER_BYTES = 64;
  private static final int B_SLICE = 1;

  private H264Setup setup;
  private final Map<Integer, Picture> pictures = new HashMap<>();
  private Optional<H264Sequence> sequence = Optional.empty();

  /// What of a picture parameter set a slice's header depends on.
  private record Picture(boolean orderPresent, boolean redundantPresent) {}

  H264Probe(H264Setup setup) {
    this.setup = setup;
    learn(setup.sequences());
    learn(setup.pictures());
  }

  private void learn(List<byte[]> units) {
    for (byte[] unit : units) {
      switch (unit[0] & 31) {
        case H264Setup.SEQUENCE -> sequence = Optional.of(H264Sequence.parse(unit));
        case H264Setup.PICTURE -> learnPicture(unit);
        default -> {}
      }
    }
  }

  private void learnPicture(byte[] unit) {
    BitString bits = BitString.of(unit, 1, unit.length, HEADER_BYTES);
    int number = bits.unsigned();
    bits.unsigned(); // of its sequence
    bits.flag(); // arithmetic coding
    boolean orderPresent = bits.flag();
    // What follows differs with slice groups, which no file of a camera or an encoder of today has;
    // the flag we want lies behind them.
    boolean redundant = false;
    if (bits.unsigned() == 0) {
      bits.unsigned();
      bits.unsigned();
      bits.bits(3);
      bits.signed();
      bits.signed();
      bits.signed();
      bits.bits(2);
      redundant = bits.flag();
    }
    pictures.put(number, new Picture(orderPresent, redundant));
  }

  /// Takes note of a sample that may be decoded.
  ///
  /// @param head its first bytes
  /// @return whether it uses what JCodec decodes with drift: temporal direct prediction
  boolean drifts(ByteBuffer head) {
    List<byte[]> units = setup.firstUnits(head);
    learn(units);
    return units.stream().anyMatch(this::isTemporal);
  }

  /// Takes note of the first samples of a stream that carries its own parameters.
  void look(ByteBuffer head) {
    List<byte[]> units = setup.firstUnits(head);
    learn(units);
    setup = setup.with(units);
  }

  /// The slice header, ITU-T H.264, 7.3.3.
  private boolean isTemporal(byte[] unit) {
    int type = unit[0] & 31;
    if ((type != H264Setup.SLICE && type != H264Setup.KEY_SLICE) || sequence.isEmpty()) {
      return false;
    }
    H264Sequence known = sequence.get();
    BitString bits = BitString.of(unit, 1, unit.length, HEADER_BYTES);
    bits.unsigned(); // first macroblock
    if (bits.unsigned() % 5 != B_SLICE) {
      return false;
    }
    Picture picture = pictures.get(bits.unsigned());
    if (picture == null) {
      return false;
    }
    bits.bits(known.separatePlanes() ? 2 : 0);
    bits.bits(known.frameNumberBits());
    if (type == H264Setup.KEY_SLICE) {
      bits.unsigned();
    }
    if (known.orderType() == 0) {
      bits.bits(known.orderBits());
      if (picture.orderPresent()) {
        bits.signed();
      }
    } else if (known.orderType() == 1 && !known.orderAlwaysZero()) {
      bits.signed();
      if (picture.orderPresent()) {
        bits.signed();
      }
    }
    if (picture.redundantPresent()) {
      bits.unsigned();
    }
    return !bits.flag();
  }

  Optional<H264Sequence> sequence() {
    return sequence;
  }

  H264Setup setup() {
    return setup;
  }

  /// What is in the stream that JCodec cannot decode at all; null if nothing.
  @org.jspecify.annotations.Nullable
  String unsupported() {
    if (sequence.isEmpty()) {
      return "H.264 without its parameters";
    }
    H264Sequence known = sequence.get();
    if (known.bitDepth() != 8) {
      return "H.264 of " + known.bitDepth() + " bits";
    }
    if (known.chromaFormat() != 1) {
      return switch (known.chromaFormat()) {
        case 0 -> "H.264 without colour (4:0:0)";
        case 2 -> "H.264 4:2:2";
        default -> "H.264 4:4:4";
      };
    }
    return known.progressive() ? null : "interlaced H.264";
  }
}
