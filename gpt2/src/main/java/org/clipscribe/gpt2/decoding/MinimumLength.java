package org.clipscribe.gpt2.decoding;

import java.util.List;

/// Forbids the end of a text that is too short. Mirrors `MinNewTokensLengthLogitsProcessor`.
///
/// @param tokens that must be added before the text may end; the ending token is not counted
/// @param ends the tokens that end a text
record MinimumLength(int tokens, List<Integer> ends) implements LogitProcessor {
  @Override
  public void process(Draft draft, double[] scores) {
    if (draft.added() < tokens) {
      ends.forEach(end -> scores[end] = Double.NEGATIVE_INFINITY);
    }
  }
}
