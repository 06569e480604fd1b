package org.clipscribe.captioner;

import java.util.List;

/// What a picture shows, in words.
///
/// @param text for people
/// @param tokens those of the prompt, if there is one, and what the decoder generated, the closing
///     end-of-text token included
/// @param score mean natural logarithm of the probability that the model gave each token it
///     generated: 0 is certain, lower is less so; 0 when it generated none. Of a beam search the
///     score that the search goes by
public record Caption(String text, List<Integer> tokens, double score) {
  public Caption {
    tokens = List.copyOf(tokens);
  }
}
