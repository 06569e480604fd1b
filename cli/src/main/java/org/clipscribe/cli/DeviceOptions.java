package org.clipscribe.cli;

import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import org.clipscribe.tensor.WeightFormat;
import picocli.CommandLine.Option;

/// On what and with how many threads a model computes.
class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "auto, or one that `clipscribe devices` lists (default: auto).")
  private String device = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads (default: one for each processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--precision",
      paramLabel = "f32|bf16|int8",
      defaultValue = "f32",
      description =
          "How weights are kept: bf16 halves memory and time of each word, int8 halves them again"
              + " (default: f32).")
  private WeightFormat precision = WeightFormat.F32;

  /// No caches are used.
  ///
  /// @throws CommandException for values that make no sense
  CaptionerOptions captionerOptions() {
    if (threads < 1) {
      throw CommandException.usage("--threads is " + threads + ", at least 1");
    }
    return CaptionerOptions.defaults()
        .withDevice(device)
        .withThreads(threads)
        .withPrecision(precision)
        .withCache(WeightCache.OFF);
  }
}
