package org.clipscribe.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.clipscribe.scenes.SceneFacts.Group;
import org.junit.jupiter.api.Test;

class GrammarTest {
  private final Scenes scenes = new Scenes(Art.madeUp(), SceneOptions.training(96, 12, 7));
  private final Concepts concepts = scenes.concepts();

  @Test
  void captionsStateTheFactsTheyWereMadeFrom() {
    for (int i = 0; i < 10_000; i++) {
      SceneFacts facts = scenes.facts(i);
      String caption = scenes.caption(facts, i, 0);
      CaptionFacts stated = CaptionFacts.parse(caption, concepts);
      CaptionFacts expected = CaptionFacts.of(facts);
      // As sets: a wording may name the second object first.
      assertThat(stated.counts()).as(caption).containsExactlyInAnyOrderEntriesOf(expected.counts());
      assertThat(stated.statements()).as(caption).isEqualTo(expected.statements());
      assertThat(stated.background()).as(caption).isEqualTo(expected.background());
    }
  }

  @Test
  void queriesNameNothingThatIsNotThere() {
    for (int i = 0; i < 10_000; i++) {
      SceneFacts facts = scenes.facts(i);
      String query = scenes.query(facts, i, 0);
      CaptionFacts stated = CaptionFacts.parse(query, concepts);
      Set<Concept> there = new HashSet<>();
      facts.objects().forEach(group -> there.add(group.concept()));
      assertThat(stated.counts().keySet()).as(query).isEqualTo(there);
      if (stated.background() != null) {
        assertThat(stated.background()).as(query).isEqualTo(facts.background());
      }
    }
  }

  @Test
  void everyConceptIsReadInEachOfItsForms() {
    for (Concept concept : concepts.all()) {
      for (String form : concept.singulars()) {
        CaptionFacts one = CaptionFacts.parse("a " + form + " on a red background", concepts);
        assertThat(one.counts()).as(form).containsOnlyKeys(concept).containsEntry(concept, 1);
      }
      for (String form : concept.plurals()) {
        CaptionFacts four = CaptionFacts.parse("four " + form + " in the snow", concepts);
        assertThat(four.counts()).as(form).containsOnlyKeys(concept).containsEntry(concept, 4);
      }
    }
  }

  @Test
  void aSentenceInOtherWordsIsReadToo() {
    Concept dog = concepts.named("dog");
    Concept car = concepts.named("car");
    CaptionFacts stated =
        CaptionFacts.parse("There is a DOG on the left, and a red car on the right.", concepts);
    assertThat(stated.statements()).isEqualTo(List.of(new CaptionFacts.Statement.LeftOf(dog, car)));
    assertThat(stated.background()).isNull();
    assertThat(CaptionFacts.parse("several small dogs in a green meadow", concepts).counts())
        .containsEntry(dog, 0);
    assertThat(CaptionFacts.parse("a couple of dogs", concepts).counts()).containsEntry(dog, 2);
    assertThat(CaptionFacts.parse("a hot dog right next to a dog", concepts).counts())
        .containsOnlyKeys(concepts.named("hot dog"), dog);
    assertThat(CaptionFacts.parse("", concepts).counts()).isEmpty();
  }

  @Test
  void captionsAreScoredByWhatTheyState() {
    Group dog = new Group(concepts.named("dog"), 1);
    Group cat = new Group(concepts.named("cat"), 1);
    SceneFacts pair = SceneFacts.of(List.of(dog, cat), Relation.LEFT_OF, Background.RED);
    CaptionScore right = score(pair, "a cat to the right of a dog on red");
    assertThat(right.recall()).isEqualTo(1);
    assertThat(right.relationRight()).isEqualTo(1);
    assertThat(right.backgroundRight()).isEqualTo(1);
    CaptionScore wrong = score(pair, "a cat to the left of a fox on the sea");
    assertThat(wrong.recall()).isEqualTo(0.5);
    assertThat(wrong.precision()).isEqualTo(0.5);
    assertThat(wrong.exactSet()).isZero();
    assertThat(wrong.relationRight()).isZero();
    assertThat(wrong.backgroundRight()).isZero();
    SceneFacts three =
        SceneFacts.of(
            List.of(new Group(concepts.named("die"), 3)), Relation.NONE, Background.NIGHT);
    assertThat(score(three, "three dice at night").countsRight()).isEqualTo(1);
    assertThat(score(three, "a die at night").countsRight()).isZero();
    assertThat(score(three, "three cats at night").countsRight()).isZero();
    assertThat(right.plus(wrong).exactSet()).isEqualTo(0.5);
  }

  private CaptionScore score(SceneFacts facts, String caption) {
    return CaptionScore.of(facts, CaptionFacts.parse(caption, concepts));
  }
}
