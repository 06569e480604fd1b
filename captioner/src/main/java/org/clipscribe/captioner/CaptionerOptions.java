package org.clipscribe.captioner;

import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.WeightFormat;

/// How a captioner computes.
///
/// @param device `auto`, `cpu`, `reference`, ...: see [Backends#open]
/// @param threads on the CPU, the caller's included; at least 1
/// @param precision how weights are kept in memory
/// @param cache whether packed weights are kept in a file between runs, and how they come back
public record CaptionerOptions(
    String device, int threads, WeightFormat precision, WeightCache cache) {

  /// What becomes of weights once they are packed for the device. A file of about their size is
  /// written beside the bundle or, where that folder is read-only, in the user's cache folder, and
  /// later runs start from it. See [org.clipscribe.nn.PackedImage].
  public enum WeightCache {
    /// The file is copied into memory.
    COPIED,
    /// The file is mapped into memory: the fastest start, and the memory is shared with other
    /// processes.
    ///
    /// **Warning**: when somebody truncates the file while it is in use, the whole JVM ends. Good
    /// for a short-lived process of its own, like the command line.
    MAPPED,
    /// No file is read or written; weights are packed on each run.
    OFF
  }

  /// The best device, one thread for each processor, weights as floats, cached and copied.
  public static CaptionerOptions defaults() {
    return new CaptionerOptions(
        Backends.AUTO,
        Runtime.getRuntime().availableProcessors(),
        WeightFormat.F32,
        WeightCache.COPIED);
  }

  public CaptionerOptions withDevice(String name) {
    return new CaptionerOptions(name, threads, precision, cache);
  }

  public CaptionerOptions withThreads(int count) {
    return new CaptionerOptions(device, count, precision, cache);
  }

  public CaptionerOptions withPrecision(WeightFormat format) {
    return new CaptionerOptions(device, threads, format, cache);
  }

  public CaptionerOptions withCache(WeightCache use) {
    return new CaptionerOptions(device, threads, precision, use);
  }
}
