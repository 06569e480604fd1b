package org.clipscribe.captioner;

import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.WeightFormat;

/// How a captioner computes.
///
/// @param device `auto`, `cpu`, `reference`, ...: see [Backends#open]
/// @param threads on the CPU, the caller's included; at least 1
/// @param precision how weights are kept in memory
public record CaptionerOptions(String device, int threads, WeightFormat precision) {
  /// The best device, one thread for each processor, weights as floats.
  public static CaptionerOptions defaults() {
    return new CaptionerOptions(
        Backends.AUTO, Runtime.getRuntime().availableProcessors(), WeightFormat.F32);
  }

  public CaptionerOptions withDevice(String name) {
    return new CaptionerOptions(name, threads, precision);
  }

  public CaptionerOptions withThreads(int count) {
    return new CaptionerOptions(device, count, precision);
  }

  public CaptionerOptions withPrecision(WeightFormat format) {
    return new CaptionerOptions(device, threads, format);
  }
}
