package org.clipscribe.cli;

import org.clipscribe.captioner.CaptionerOptions;
import picocli.CommandLine.Option;

/// On what and with how many threads a model computes.
final class ComputeOptions {
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

  /// @throws CommandException for values that make no sense
  CaptionerOptions captionerOptions() {
    if (threads < 1) {
      throw CommandException.usage("--threads is " + threads + ", at least 1");
    }
    return CaptionerOptions.defaults().withDevice(device).withThreads(threads);
  }
}
