package org.clipscribe.captioner;

import java.util.List;

/// What a picture shows, in words.
///
/// @param text for people
/// @param tokens what the decoder generated, the closing end-of-text token included
/// @param score mean natural logarithm of the probability that each token had when it was chosen: 0
///     is certain, lower is less so; 0 for an empty caption
public record Caption(String text, List<Integer> tokens, double score) {
  public Caption {
    tokens = List.copyOf(tokens);
  }
}
