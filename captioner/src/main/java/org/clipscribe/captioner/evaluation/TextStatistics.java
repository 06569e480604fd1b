package org.clipscribe.captioner.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How varied and how long captions are.
///
/// @param captions how many there are
/// @param words of all of them together
/// @param vocabulary different words
/// @param distinct1 different words by words (Li et al. 2016); 0 without words
/// @param distinct2 different bigrams by bigrams; 0 without bigrams
/// @param different different captions by captions: 1 when no two are the same
/// @param shortest words of the shortest caption
/// @param longest words of the longest caption
/// @param meanLength words a caption
/// @param standardDeviation of the length
public record TextStatistics(
    int captions,
    long words,
    int vocabulary,
    double distinct1,
    double distinct2,
    double different,
    int shortest,
    int longest,
    double meanLength,
    double standardDeviation) {
  /// @param captions the words of each
  public static TextStatistics of(List<List<String>> captions) {
    Set<String> words = new HashSet<>();
    Set<List<String>> bigrams = new HashSet<>();
    long wordCount = 0;
    long bigramCount = 0;
    int shortest = captions.isEmpty() ? 0 : Integer.MAX_VALUE;
    int longest = 0;
    for (List<String> caption : captions) {
      words.addAll(caption);
      for (int i = 0; i + 1 < caption.size(); i++) {
        bigrams.add(List.of(caption.get(i), caption.get(i + 1)));
      }
      wordCount += caption.size();
      bigramCount += Math.max(0, caption.size() - 1);
      shortest = Math.min(shortest, caption.size());
      longest = Math.max(longest, caption.size());
    }
    double mean = ratio(wordCount, captions.size());
    double squares = 0;
    for (List<String> caption : captions) {
      squares += (caption.size() - mean) * (caption.size() - mean);
    }
    return new TextStatistics(
        captions.size(),
        wordCount,
        words.size(),
        ratio(words.size(), wordCount),
        ratio(bigrams.size(), bigramCount),
        ratio(new HashSet<>(captions).size(), captions.size()),
        shortest,
        longest,
        mean,
        captions.isEmpty() ? 0 : Math.sqrt(squares / captions.size()));
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
