package org.clipscribe.gpt2;

import java.util.List;

/// What a model made of a prompt.
///
/// @param text what was added to the prompt
/// @param tokens added, the one that ended the text included
/// @param score see [org.clipscribe.gpt2.decoding.Generated#score]
/// @param ended whether the text came to its end; else it is cut at the longest length
public record GeneratedText(String text, List<Integer> tokens, double score, boolean ended) {
  public GeneratedText {
    tokens = List.copyOf(tokens);
  }
}
