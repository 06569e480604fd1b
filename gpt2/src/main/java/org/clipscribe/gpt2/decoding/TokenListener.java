package org.clipscribe.gpt2.decoding;

/// Hears of every token as soon as it is certain, for those who cannot wait for the end. A beam
/// search is certain of nothing before, so of its tokens nobody hears.
@FunctionalInterface
public interface TokenListener {
  /// Does not listen.
  TokenListener NONE = (_, _, _) -> {};

  /// @param text which of those decoded together
  /// @param candidate which of its continuations
  void added(int text, int candidate, int token);
}
