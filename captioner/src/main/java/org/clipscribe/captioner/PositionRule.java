package org.clipscribe.captioner;

import java.util.Locale;

/// How often position embeddings are added to the rows that the decoder reads.
///
/// The original toolkit adds them itself and GPT-2 adds them again; on top of that its in-place
/// `+=` changes the stored prefix during the first step, so from the second step on the prefix
/// carries them three times. Its published weights were trained and are decoded that way, so the
/// rule belongs to the weights: a bundle states it.
public enum PositionRule {
  /// What the original does: the prefix twice at first and three times afterwards, generated tokens
  /// twice.
  ORIGINAL(2, 3, 2),
  /// What GPT-2 means: every row once.
  CLEAN(1, 1, 1);

  private final int firstPrefix;
  private final int laterPrefix;
  private final int token;

  PositionRule(int firstPrefix, int laterPrefix, int token) {
    this.firstPrefix = firstPrefix;
    this.laterPrefix = laterPrefix;
    this.token = token;
  }

  /// How often the prefix rows carry their position embedding while the first token is chosen.
  public int firstPrefix() {
    return firstPrefix;
  }

  /// The same for all further tokens. Where it differs from [#firstPrefix()], a cache that was
  /// filled for the first token is of no use and is filled once more.
  public int laterPrefix() {
    return laterPrefix;
  }

  /// How often a generated token carries its position embedding.
  public int token() {
    return token;
  }

  /// The name in `config.json`: `original` or `clean`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
