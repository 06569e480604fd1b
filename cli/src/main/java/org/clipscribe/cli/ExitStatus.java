package org.clipscribe.cli;

/// What the process ends with; scripts depend on these numbers.
final class ExitStatus {
  static final int DONE = 0;

  /// Some of several inputs failed; their errors are on stderr.
  static final int SOME_FAILED = 1;

  static final int USAGE = 2;
  static final int BAD_INPUT = 3;

  /// There is no model where one was looked for.
  static final int NO_MODEL = 4;

  /// Out of memory or disk, or a device that was asked for is missing.
  static final int RESOURCES = 5;

  /// By Ctrl-C; the JVM itself uses it too.
  static final int INTERRUPTED = 130;

  private ExitStatus() {}
}
