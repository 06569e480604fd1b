package org.clipscribe.captioner;

/// Which vector of CLIP's image encoder a mapping network reads.
public enum ImageEmbedding {
  /// The class token after the last norm, as wide as the tower: clip-gpt-captioning.
  POOLED,
  /// The same after CLIP's projection into the space of pictures and texts: ClipCap's MLP.
  PROJECTED,
  /// The same scaled to length 1: ClipCap's transformer.
  UNIT
}
