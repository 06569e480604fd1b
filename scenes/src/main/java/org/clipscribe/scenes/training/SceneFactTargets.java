package org.clipscribe.scenes.training;

import java.util.List;
import org.clipscribe.scenes.Background;
import org.clipscribe.scenes.Relation;
import org.clipscribe.scenes.SceneFacts;
import org.clipscribe.scenes.SceneFacts.Group;
import org.clipscribe.tensor.Tensor;

/// Facts of scenes as classes, so that the image embedding can be taught them one by one: three
/// slots for concepts in the order of the facts, the relation, how many of the first concept, the
/// background.
///
/// @param concepts how many there are
record SceneFactTargets(int concepts) {
  private static final int SLOTS = 3;
  private static final int COUNTS = 8;
  private static final List<Relation> RELATIONS = List.of(Relation.values());
  private static final List<Background> BACKGROUNDS = List.of(Background.values());

  /// Concepts and backgrounds: what a patch can show.
  int patchLabels() {
    return concepts + BACKGROUNDS.size();
  }

  /// The background, and objects by their order.
  int places() {
    return 1 + COUNTS;
  }

  /// Scores for all classes of all facts.
  int width() {
    return SLOTS * slotWidth() + RELATIONS.size() + COUNTS + BACKGROUNDS.size();
  }

  /// A slot may be empty.
  private int slotWidth() {
    return concepts + 1;
  }

  /// The mean cross-entropy of slots, plus those of relation, count and background.
  ///
  /// @param scores `[B, width]`
  Tensor loss(Tensor scores, List<SceneFacts> facts) {
    int batch = facts.size();
    int[] slots = new int[SLOTS * batch];
    int[] relations = new int[batch];
    int[] counts = new int[batch];
    int[] backgrounds = new int[batch];
    for (int b = 0; b < batch; b++) {
      List<Group> objects = facts.get(b).objects();
      for (int s = 0; s < SLOTS; s++) {
        slots[SLOTS * b + s] = s < objects.size() ? objects.get(s).concept().index() : concepts;
      }
      relations[b] = RELATIONS.indexOf(facts.get(b).relation());
      counts[b] = Math.min(objects.get(0).count(), COUNTS - 1);
      backgrounds[b] = BACKGROUNDS.indexOf(facts.get(b).background());
    }
    int at = SLOTS * slotWidth();
    Tensor loss = scores.slice(1, 0, at).reshape(SLOTS * batch, slotWidth()).crossEntropy(slots);
    loss = loss.plus(scores.slice(1, at, at + RELATIONS.size()).crossEntropy(relations));
    at += RELATIONS.size();
    loss = loss.plus(scores.slice(1, at, at + COUNTS).crossEntropy(counts));
    at += COUNTS;
    return loss.plus(scores.slice(1, at, at + BACKGROUNDS.size()).crossEntropy(backgrounds));
  }
}
