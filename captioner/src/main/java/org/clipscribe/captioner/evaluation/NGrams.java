package org.clipscribe.captioner.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The n-grams of a sentence, n = 1..4, with their counts.
///
/// In order of first appearance, because sums over them must not depend on hash codes.
final class NGrams {
  static final int MAX = 4;

  private final List<Map<List<String>, Integer>> counts;

  private NGrams(List<Map<List<String>, Integer>> counts) {
    this.counts = counts;
  }

  static NGrams of(List<String> words) {
    List<Map<List<String>, Integer>> counts =
        List.of(
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>());
    for (int n = 1; n <= MAX; n++) {
      for (int i = 0; i + n <= words.size(); i++) {
        counts.get(n - 1).merge(List.copyOf(words.subList(i, i + n)), 1, Integer::sum);
      }
    }
    return new NGrams(counts);
  }

  /// The different n-grams and how often each is there.
  Set<Map.Entry<List<String>, Integer>> entries(int n) {
    return counts.get(n - 1).entrySet();
  }

  int count(int n, List<String> gram) {
    return counts.get(n - 1).getOrDefault(gram, 0);
  }
}
