package org.clipscribe.captioner.evaluation;

import java.util.List;
import java.util.Map;

/// BLEU-1 to BLEU-4 (Papineni et al. 2002) with the constants of the COCO caption evaluation:
///
/// `BLEU-n = min(1, exp(1 - 1/ratio)) * (p1 * ... * pn)^(1/n)` with
/// `pk = (clipped matches + 1e-15) / (k-grams of the candidate + 1e-9)` and
/// `ratio = (candidate length + 1e-15) / (reference length + 1e-9)`. The length of the closest
/// reference counts, the shorter of two equally close ones. Corpus figures come from summed counts,
/// not from averages.
///
/// Mirrors `BleuScorer` of tylin/coco-caption.
public final class Bleu {
  private static final double TINY = 1e-15;
  private static final double SMALL = 1e-9;

  private Bleu() {}

  /// What a caption, or a corpus of them, adds up to.
  ///
  /// @param candidateLength words of the candidates
  /// @param referenceLength words of the closest references
  /// @param guesses how many 1- to 4-grams the candidates have
  /// @param correct how many of them are in a reference, none counted more often than there
  public record Counts(
      long candidateLength, long referenceLength, List<Long> guesses, List<Long> correct) {
    public Counts {
      guesses = List.copyOf(guesses);
      correct = List.copyOf(correct);
    }

    static final Counts NONE = new Counts(0, 0, List.of(0L, 0L, 0L, 0L), List.of(0L, 0L, 0L, 0L));

    Counts plus(Counts other) {
      return new Counts(
          candidateLength + other.candidateLength,
          referenceLength + other.referenceLength,
          sum(guesses, other.guesses),
          sum(correct, other.correct));
    }

    private static List<Long> sum(List<Long> a, List<Long> b) {
      return List.of(
          a.get(0) + b.get(0), a.get(1) + b.get(1), a.get(2) + b.get(2), a.get(3) + b.get(3));
    }

    /// BLEU-1 to BLEU-4 of these counts.
    public List<Double> scores() {
      double ratio = (candidateLength + TINY) / (referenceLength + SMALL);
      double brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
      Double[] scores = new Double[NGrams.MAX];
      double product = 1;
      for (int n = 1; n <= NGrams.MAX; n++) {
        product *= (correct.get(n - 1) + TINY) / (guesses.get(n - 1) + SMALL);
        scores[n - 1] = Math.pow(product, 1.0 / n) * brevity;
      }
      return List.of(scores);
    }
  }

  /// The counts of one caption; [Counts#scores()] of them is its own BLEU.
  static Counts count(TokenisedCaption caption) {
    NGrams candidate = NGrams.of(caption.candidate());
    List<NGrams> references = caption.references().stream().map(NGrams::of).toList();
    int length = caption.candidate().size();
    Long[] guesses = new Long[NGrams.MAX];
    Long[] correct = new Long[NGrams.MAX];
    for (int n = 1; n <= NGrams.MAX; n++) {
      guesses[n - 1] = (long) Math.max(0, length - n + 1);
      correct[n - 1] = matches(n, candidate, references);
    }
    return new Counts(
        length, closest(length, caption.references()), List.of(guesses), List.of(correct));
  }

  private static long matches(int n, NGrams candidate, List<NGrams> references) {
    long matches = 0;
    for (Map.Entry<List<String>, Integer> entry : candidate.entries(n)) {
      int most = 0;
      for (NGrams reference : references) {
        most = Math.max(most, reference.count(n, entry.getKey()));
      }
      matches += Math.min(entry.getValue(), most);
    }
    return matches;
  }

  private static int closest(int length, List<List<String>> references) {
    int best = 0;
    int distance = Integer.MAX_VALUE;
    for (List<String> reference : references) {
      int size = reference.size();
      int away = Math.abs(size - length);
      if (away < distance || (away == distance && size < best)) {
        distance = away;
        best = size;
      }
    }
    return best;
  }
}
