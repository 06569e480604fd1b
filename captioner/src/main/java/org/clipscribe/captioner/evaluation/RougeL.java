package org.clipscribe.captioner.evaluation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// ROUGE-L (Lin 2004) as the COCO caption evaluation computes it: with the longest common
/// subsequence, the best precision `P` and the best recall `R` over the references, each taken by
/// itself, are joined to `(1 + b^2) P R / (R + b^2 P)`, b = 1.2. Mirrors `rouge.py` of
/// tylin/coco-caption.
///
/// Differs: nothing in common is 0 for an empty candidate as well, where that program counts an
/// empty string as one word.
final class RougeL {
  private static final double BETA = 1.2;

  private RougeL() {}

  static double score(TokenisedCaption caption) {
    List<String> candidate = caption.candidate();
    double precision = 0;
    double recall = 0;
    for (List<String> reference : caption.references()) {
      if (candidate.isEmpty() || reference.isEmpty()) {
        continue;
      }
      double common =
          reference.size() < candidate.size()
              ? longestCommonSubsequence(reference, candidate)
              : longestCommonSubsequence(candidate, reference);
      precision = Math.max(precision, common / candidate.size());
      recall = Math.max(recall, common / reference.size());
    }
    if (precision == 0 || recall == 0) {
      return 0;
    }
    double square = BETA * BETA;
    return (1 + square) * precision * recall / (recall + square * precision);
  }

  /// The length of the longest common subsequence, words of `a` bits of one number (Crochemore et
  /// al. 2001): time is `b` times a 64th of `a`, and memory the words of `a` times a 64th of it,
  /// so `a` should be the shorter one: a caption that ran away costs nothing then.
  static int longestCommonSubsequence(List<String> a, List<String> b) {
    int blocks = (a.size() + 63) / 64;
    Map<String, long[]> places = new HashMap<>();
    for (int i = 0; i < a.size(); i++) {
      places.computeIfAbsent(a.get(i), _ -> new long[blocks])[i >> 6] |= 1L << i;
    }
    long[] row = new long[blocks];
    Arrays.fill(row, -1L);
    for (String word : b) {
      long[] match = places.get(word);
      if (match != null) {
        advance(row, match);
      }
    }
    BitSet bits = BitSet.valueOf(row);
    bits.flip(0, a.size());
    return bits.get(0, a.size()).cardinality();
  }

  /// `row = (row + (row & match)) | (row & ~match)` over all blocks, carries included.
  private static void advance(long[] row, long[] match) {
    long carry = 0;
    for (int i = 0; i < row.length; i++) {
      long value = row[i];
      long addend = value & match[i];
      long sum = value + addend;
      long over = Long.compareUnsigned(sum, value) < 0 ? 1 : 0;
      long total = sum + carry;
      over |= Long.compareUnsigned(total, sum) < 0 ? 1 : 0;
      row[i] = total | (value & ~match[i]);
      carry = over;
    }
  }
}
