package org.clipscribe.cli;

import org.clipscribe.captioner.CaptionerOptions;
import org.clipscribe.captioner.CaptionerOptions.WeightCache;
import picocli.CommandLine.Option;

/// The same for commands that keep files with which later runs start faster.
final class ComputeOptions extends DeviceOptions {
  @Option(names = "--no-cache", description = "Keep no files with which later runs start faster.")
  private boolean noCache;

  boolean keepsCaches() {
    return !noCache;
  }

  /// Weights are mapped: this process is its own, and short.
  ///
  /// @throws CommandException for values that make no sense
  @Override
  CaptionerOptions captionerOptions() {
    return super.captionerOptions().withCache(noCache ? WeightCache.OFF : WeightCache.MAPPED);
  }
}
