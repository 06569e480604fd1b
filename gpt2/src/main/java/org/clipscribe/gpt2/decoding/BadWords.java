package org.clipscribe.gpt2.decoding;

import java.util.List;

/// Forbids words, each a run of tokens: the last token of a word is forbidden where the others
/// stand before it. Mirrors `NoBadWordsLogitsProcessor`.
///
/// @param words each of at least one token. A word in the middle of a text begins with a space,
///     which is part of its first token, so that a caller names both forms
public record BadWords(List<List<Integer>> words) implements LogitProcessor {
  public BadWords {
    words = words.stream().map(List::copyOf).toList();
    if (words.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("bad words: a word without a token");
    }
  }

  @Override
  public void process(Draft draft, double[] scores) {
    for (List<Integer> word : words) {
      if (endsInAllButTheLastOf(word, draft)) {
        scores[word.getLast()] = Double.NEGATIVE_INFINITY;
      }
    }
  }

  private static boolean endsInAllButTheLastOf(List<Integer> word, Draft draft) {
    int before = word.size() - 1;
    int start = draft.length() - before;
    if (start < 0) {
      return false;
    }
    for (int i = 0; i < before; i++) {
      if (draft.token(start + i) != word.get(i)) {
        return false;
      }
    }
    return true;
  }
}
