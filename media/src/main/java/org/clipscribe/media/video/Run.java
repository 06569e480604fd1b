package org.clipscribe.media.video;

import java.util.Arrays;
import java.util.BitSet;

/// Samples that are decoded one after another from a sync sample on, and what is wanted of each.
final class Run {
  private final int[] samples;
  private final byte[] wishes;
  private final BitSet open = new BitSet();

  /// @param samples in the order of decoding, ascending
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
    int i = Arrays.binarySearch(samples, sample);
    boolean waited = i >= 0 && open.get(i);
    if (waited) {
      open.clear(i);
    }
    return waited;
  }

  synchronized boolean isDone() {
    return open.isEmpty();
  }

  /// The samples that are waited for.
  synchronized int[] missing() {
    return open.stream().map(i -> samples[i]).toArray();
  }
}
