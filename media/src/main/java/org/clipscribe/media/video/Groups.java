package org.clipscribe.media.video;

/// From which sample decoding must start to see a sample.
final class Groups {
  private final long[] times;

  /// The last sync sample up to each; 0 before the first.
  private final int[] lastSync;

  Groups(Samples samples) {
    times = samples.times();
    lastSync = new int[samples.count()];
    for (int i = 1; i < lastSync.length; i++) {
      lastSync[i] = samples.sync()[i] ? i : lastSync[i - 1];
    }
  }

  /// The last sync sample that is not shown after this one. A sync sample that is shown after it
  /// begins the next group of pictures; what precedes it on the screen still refers to the group
  /// before.
  int startOf(int sample) {
    int start = lastSync[sample];
    while (start > 0 && times[start] > times[sample]) {
      start = lastSync[start - 1];
    }
    return start;
  }
}
