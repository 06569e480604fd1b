package org.clipscribe.gpt2.decoding;

/// Forbids every token that would complete a run of tokens which the text or its prompt has
/// already (Paulus et al., 2017). Mirrors `NoRepeatNGramLogitsProcessor`.
///
/// @param size tokens in a run, at least 1
public record NoRepeatNgram(int size) implements LogitProcessor {
  public NoRepeatNgram {
    if (size < 1) {
      throw new IllegalArgumentException("no-repeat n-gram: size " + size + ", at least 1");
    }
  }

  @Override
  public void process(Draft draft, double[] scores) {
    int length = draft.length();
    for (int start = 0; start + size <= length; start++) {
      int last = start + size - 1;
      if (beginsLikeTheEnd(draft, start)) {
        scores[draft.token(last)] = Double.NEGATIVE_INFINITY;
      }
    }
  }

  /// Whether the run at `start` begins with the last `size - 1` tokens.
  private boolean beginsLikeTheEnd(Draft draft, int start) {
    int end = draft.length() - (size - 1);
    for (int i = 0; i < size - 1; i++) {
      if (draft.token(start + i) != draft.token(end + i)) {
        return false;
      }
    }
    return true;
  }
}
