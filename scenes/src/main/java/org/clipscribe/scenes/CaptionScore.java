package org.clipscribe.scenes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.scenes.SceneFacts.Group;

/// How true captions are of their scenes, summed over scenes.
///
/// @param scenes how many were judged
/// @param objects concepts that are in the scenes
/// @param stated concepts that captions state
/// @param hits of those, the ones that are in the scenes
/// @param exact scenes whose concepts are stated all, and no other
/// @param several objects of which there is more than one
/// @param severalRight of those, the ones whose number is stated rightly
/// @param pairs scenes of two objects in a relation
/// @param pairsStated of those, the ones whose caption states any relation
/// @param pairsRight of those, the ones whose caption states the right one and no wrong one
/// @param triples scenes of one object between two
/// @param triplesRight of those, the ones whose caption says so
/// @param backgrounds scenes whose background is stated rightly
public record CaptionScore(
    int scenes,
    int objects,
    int stated,
    int hits,
    int exact,
    int several,
    int severalRight,
    int pairs,
    int pairsStated,
    int pairsRight,
    int triples,
    int triplesRight,
    int backgrounds) {

  /// No scene yet.
  public static CaptionScore none() {
    return new CaptionScore(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  /// Judges one caption.
  public static CaptionScore of(SceneFacts truth, CaptionFacts caption) {
    Map<Concept, Integer> counts = caption.counts();
    int hits = 0;
    int several = 0;
    int severalRight = 0;
    for (Group group : truth.objects()) {
      if (counts.containsKey(group.concept())) {
        hits++;
      }
      if (group.count() > 1) {
        several++;
        severalRight += counts.getOrDefault(group.concept(), 1) == group.count() ? 1 : 0;
      }
    }
    boolean exact = hits == truth.objects().size() && hits == counts.size();
    Optional<CaptionFacts.Statement> relation = CaptionFacts.truth(truth);
    List<CaptionFacts.Statement> statements = caption.statements();
    boolean right = relation.isPresent() && statements.equals(List.of(relation.get()));
    boolean pair = relation.isPresent() && truth.objects().size() == 2;
    boolean triple = relation.isPresent() && truth.objects().size() == 3;
    return new CaptionScore(
        1,
        truth.objects().size(),
        counts.size(),
        hits,
        one(exact),
        several,
        severalRight,
        one(pair),
        one(pair && !statements.isEmpty()),
        one(pair && right),
        one(triple),
        one(triple && right),
        one(truth.background() == caption.background()));
  }

  private static int one(boolean holds) {
    return holds ? 1 : 0;
  }

  public CaptionScore plus(CaptionScore other) {
    return new CaptionScore(
        scenes + other.scenes,
        objects + other.objects,
        stated + other.stated,
        hits + other.hits,
        exact + other.exact,
        several + other.several,
        severalRight + other.severalRight,
        pairs + other.pairs,
        pairsStated + other.pairsStated,
        pairsRight + other.pairsRight,
        triples + other.triples,
        triplesRight + other.triplesRight,
        backgrounds + other.backgrounds);
  }

  /// Of the concepts in the scenes, the share that is stated.
  public double recall() {
    return share(hits, objects);
  }

  /// Of the concepts stated, the share that is in the scenes.
  public double precision() {
    return share(hits, stated);
  }

  /// The share of scenes whose concepts are stated exactly.
  public double exactSet() {
    return share(exact, scenes);
  }

  /// Where there are several of a kind, the share of right numbers; a concept that is not stated
  /// counts as wrong.
  public double countsRight() {
    return share(severalRight, several);
  }

  /// Where there are two objects, the share of captions with the right relation.
  public double relationRight() {
    return share(pairsRight, pairs);
  }

  /// Where one object is between two, the share of captions that say so.
  public double betweenRight() {
    return share(triplesRight, triples);
  }

  /// The share of right backgrounds.
  public double backgroundRight() {
    return share(backgrounds, scenes);
  }

  private static double share(int part, int whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
