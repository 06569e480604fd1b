package org.clipscribe.media.video;

/// What goes over the pipes between us and the process that decodes.
///
/// To the child: codec, size, colours and setup; then pieces of runs of samples, each for one of
/// its slots. A slot decodes its pieces one after another and starts afresh where a run begins.
/// Back comes what became of each sample, and the slot when it is through with a piece.
final class Wire {
  /// Codecs.
  static final byte H264 = 1;

  static final byte PRORES = 2;

  /// What is wanted of a sample.
  static final byte DECODE = 0;

  static final byte FRAME = 1;
  static final byte THUMBNAIL = 2;

  /// Messages of the child. Each but the last is followed by the number of a sample.
  static final byte DECODED = 0;

  static final byte LOST = 3;

  /// Followed by the number of a slot.
  static final byte PIECE_DONE = 4;

  private Wire() {}
}
