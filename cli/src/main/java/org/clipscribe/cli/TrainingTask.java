package org.clipscribe.cli;

import java.util.Locale;

/// What `clipscribe train` can train, by the names on the command line.
enum TrainingTask {
  /// A mapping network and the decoder behind it.
  CAPTIONING,
  /// Both towers of a CLIP.
  CLIP,
  /// A language model.
  GPT2;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
