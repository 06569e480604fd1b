package org.clipscribe.media.video;

import java.util.BitSet;

/// Samples that are decoded one after another from a sync sample on, and what is wanted of each.
final class Run {
  private final int[] samples;
  private final byte[] wishes;
  private final BitSet open = new BitSet();

  /// @param samples in the order of decoding
  /// @param wishes what is wanted of each, as in [Wire]
  Run(int[] samples, byte[] wishes) {
    this.samples = samples;
    this.wishes = wishes;
    for (int i = 0; i < wishes.length; i++) {
      open.set(i, wishes[i] != Wire.DECODE);
    }
  }

  int size() {
    return samples.length;
  }

  int sample(int i) {
    return samples[i];
  }

  /// What is still wanted; a sample that was answered is decoded for the others' sake only.
  synchronized byte wish(int i) {
    return open.get(i) ? wishes[i] : Wire.DECODE;
  }

  /// Takes note that a sample was answered.
  ///
  /// @return whether it was one of this run that was waited for
  synchronized boolean answered(int sample) {
    for (int i = open.nextSetBit(0); i >= 0; i = open.nextSetBit(i + 1)) {
      if (samples[i] == sample) {
        open.clear(i);
        return true;
      }
    }
    return false;
  }

  synchronized boolean isDone() {
    return open.isEmpty();
  }

  /// The samples that are waited for.
  synchronized int[] missing() {
    return open.stream().map(i -> samples[i]).toArray();
  }
}
