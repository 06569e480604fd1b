package org.clipscribe.scenes;

import java.util.List;
import java.util.stream.Collectors;
import org.clipscribe.scenes.SceneFacts.Group;

/// Turns facts into sentences, in several wordings.
///
/// ```
/// caption   = [ "a picture of" | "a drawing of" ] things [ behind ]
/// things    = one | two | three
/// one       = article name | number plural
/// two       = one "to the left of" one | one "above" one | and the other way round
/// three     = one "between" one "and" one | one "," one "and" one
/// behind    = "on a" colour "background" | "on the grass" | "at night" | ...
/// ```
/// A caption states all facts and is most often in its first wording, because a model that has to
/// guess among wordings says nothing better for it. A query may leave facts out and use any
/// accepted name.
final class Grammar {
  private static final List<String> NUMBERS =
      List.of("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");

  private static final String[] QUERY_PREFIXES = {
    "a picture of ", "a drawing of ", "a photo of ", "an image of ", "a picture of ", "an emoji of "
  };

  private final Concepts concepts;

  Grammar(Concepts concepts) {
    this.concepts = concepts;
  }

  /// A sentence from which all facts can be read.
  String caption(SceneFacts facts, SceneRandom random) {
    boolean first = random.chance(75);
    String prefix = random.chance(90) ? "" : random.of("a picture of ", "a drawing of ");
    return prefix + things(facts, first, random) + " " + behind(facts.background(), first, random);
  }

  /// What someone who looks for this picture might type.
  String query(SceneFacts facts, SceneRandom random) {
    String prefix = random.chance(55) ? "" : random.of(QUERY_PREFIXES);
    boolean lone = facts.objects().size() == 1;
    if (lone && facts.objects().get(0).count() == 1 && random.chance(60)) {
      String name = anyName(facts.objects().get(0).concept(), random);
      return prefix.isEmpty() && random.chance(30) ? name : prefix + Concept.withArticle(name);
    }
    String things =
        !lone && random.chance(12)
            ? list(facts.objects().stream().map(this::one).toList())
            : things(facts, random.chance(60), random);
    return random.chance(20)
        ? prefix + things
        : prefix + things + " " + behind(facts.background(), random.chance(60), random);
  }

  private static String anyName(Concept concept, SceneRandom random) {
    List<String> names = concept.singulars();
    return random.chance(70) ? concept.name() : names.get(random.below(names.size()));
  }

  /// @param first whether to use the first wording
  private String things(SceneFacts facts, boolean first, SceneRandom random) {
    List<String> ones = facts.objects().stream().map(this::one).toList();
    return switch (facts.relation()) {
      case NONE -> list(ones);
      case LEFT_OF ->
          switch (first ? 0 : random.below(4)) {
            case 0 -> ones.get(0) + " to the left of " + ones.get(1);
            case 1 -> ones.get(0) + " left of " + ones.get(1);
            case 2 -> ones.get(1) + " right of " + ones.get(0);
            default -> ones.get(1) + " to the right of " + ones.get(0);
          };
      case ABOVE ->
          switch (first ? 0 : random.below(4)) {
            case 0 -> ones.get(0) + " above " + ones.get(1);
            case 1 -> ones.get(0) + " over " + ones.get(1);
            case 2 -> ones.get(1) + " under " + ones.get(0);
            default -> ones.get(1) + " below " + ones.get(0);
          };
      case BETWEEN ->
          first || random.chance(50)
              ? ones.get(0) + " between " + ones.get(1) + " and " + ones.get(2)
              : ones.get(1) + " and " + ones.get(2) + " with " + ones.get(0) + " between them";
    };
  }

  private static String list(List<String> ones) {
    int last = ones.size() - 1;
    return last == 0
        ? ones.get(0)
        : ones.subList(0, last).stream().collect(Collectors.joining(", "))
            + " and "
            + ones.get(last);
  }

  private String one(Group group) {
    Concept concept = group.concept();
    return group.count() == 1
        ? Concept.withArticle(concept.name())
        : number(group.count()) + " " + concept.plural();
  }

  private static String number(int count) {
    return count < NUMBERS.size() ? NUMBERS.get(count) : Integer.toString(count);
  }

  private String behind(Background background, boolean first, SceneRandom random) {
    String word = background.word();
    if (background.isColour()) {
      List<String> words = concepts.words(background);
      String any = first ? word : words.get(random.below(words.size()));
      return switch (first ? 0 : random.below(3)) {
        case 0 -> "on " + Concept.withArticle(any) + " background";
        case 1 -> "against " + Concept.withArticle(any) + " background";
        default -> "on " + any;
      };
    }
    String[] wordings =
        switch (background) {
          case GRASS -> new String[] {"on the grass", "in a meadow", "on a lawn"};
          case NIGHT -> new String[] {"at night", "on a starry night"};
          case SEA -> new String[] {"on the sea", "in the water", "on the ocean"};
          case SAND -> new String[] {"on the sand", "on a beach", "in the desert"};
          default -> new String[] {"in the snow", "on the snow"};
        };
    return first ? wordings[0] : random.of(wordings);
  }
}
