package org.clipscribe.gpt2.decoding;

import java.util.List;

/// What was added to a prompt.
///
/// @param tokens the one that ended the text included
/// @param score mean natural logarithm of the probability that the model gave each token, before
///     any [LogitProcessor]: 0 is certain, lower is less so. Of a beam search the score it goes by:
///     see [SearchStrategy.Beam]. 0 when there is no token
/// @param ended whether the text came to its end; else it is cut at the longest length
public record Generated(List<Integer> tokens, double score, boolean ended) {
  public Generated {
    tokens = List.copyOf(tokens);
  }
}
