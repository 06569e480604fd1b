package org.clipscribe.captioner.dataset;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What an image is for. All captions of an image are in the same split, so that nothing that is
/// trained on is tested on.
public enum Split {
  TRAIN,
  VAL,
  TEST;

  /// As files and command lines write it: `train`, `val`, `test`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The split of a label.
  ///
  /// @return empty when there is no such label
  public static Optional<Split> of(String label) {
    return Arrays.stream(values()).filter(split -> split.label().equals(label)).findFirst();
  }
}
