package org.clipscribe.captioner.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// CIDEr-D (Vedantam et al. 2015): how close a caption's tf-idf vectors of 1- to 4-grams are to
/// those of each reference, times 10, between 0 and 10.
///
/// Document frequencies are counted over the references of the corpus, so that a corpus of one
/// image scores 0: each n-gram is in "all" of its images. Lengths are compared in bigrams. Mirrors
/// `CiderScorer` of tylin/coco-caption, which calls this CIDEr.
final class CiderD {
  private static final double SIGMA = 6;

  private final Map<List<String>, Integer> documents = new HashMap<>();
  private final double logImages;

  /// @param corpus with at least one reference each
  CiderD(List<TokenisedCaption> corpus) {
    for (TokenisedCaption caption : corpus) {
      Set<List<String>> grams = new HashSet<>();
      for (List<String> reference : caption.references()) {
        NGrams counts = NGrams.of(reference);
        for (int n = 1; n <= NGrams.MAX; n++) {
          counts.entries(n).forEach(entry -> grams.add(entry.getKey()));
        }
      }
      grams.forEach(gram -> documents.merge(gram, 1, Integer::sum));
    }
    logImages = Math.log(corpus.size());
  }

  /// The score of one caption of the corpus.
  double score(TokenisedCaption caption) {
    Vector candidate = vector(caption.candidate());
    double[] sums = new double[NGrams.MAX];
    for (List<String> reference : caption.references()) {
      addSimilarity(candidate, vector(reference), sums);
    }
    double mean = (sums[0] + sums[1] + sums[2] + sums[3]) / NGrams.MAX;
    return mean / caption.references().size() * 10;
  }

  /// The tf-idf vectors of a sentence, one for each n.
  ///
  /// @param bigrams how many there are, the length of the sentence here
  private record Vector(List<Map<List<String>, Double>> weights, double[] norms, int bigrams) {}

  private Vector vector(List<String> words) {
    NGrams counts = NGrams.of(words);
    List<Map<List<String>, Double>> weights = new ArrayList<>();
    double[] norms = new double[NGrams.MAX];
    for (int n = 1; n <= NGrams.MAX; n++) {
      // In order of appearance, as in NGrams: a fixed order of summation.
      Map<List<String>, Double> vector = new LinkedHashMap<>();
      double squares = 0;
      for (Map.Entry<List<String>, Integer> entry : counts.entries(n)) {
        double seen = Math.log(Math.max(1.0, documents.getOrDefault(entry.getKey(), 0)));
        double weight = entry.getValue() * (logImages - seen);
        vector.put(entry.getKey(), weight);
        squares += weight * weight;
      }
      weights.add(vector);
      norms[n - 1] = Math.sqrt(squares);
    }
    return new Vector(weights, norms, Math.max(0, words.size() - 1));
  }

  private static void addSimilarity(Vector candidate, Vector reference, double[] sums) {
    double away = candidate.bigrams - reference.bigrams;
    double penalty = Math.exp(-(away * away) / (2 * SIGMA * SIGMA));
    for (int n = 0; n < NGrams.MAX; n++) {
      double product = 0;
      for (Map.Entry<List<String>, Double> entry : candidate.weights.get(n).entrySet()) {
        double other = reference.weights.get(n).getOrDefault(entry.getKey(), 0.0);
        product += Math.min(entry.getValue(), other) * other;
      }
      double norms = candidate.norms[n] * reference.norms[n];
      sums[n] += (norms == 0 ? product : product / norms) * penalty;
    }
  }
}
