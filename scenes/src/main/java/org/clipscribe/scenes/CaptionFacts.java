package org.clipscribe.scenes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.clipscribe.scenes.SceneFacts.Group;
import org.jspecify.annotations.Nullable;

/// What a caption states, whatever its wording: the inverse of the grammar, and of many sentences
/// beyond it.
///
/// @param counts how many of each concept, in the order of the words; 0 where it says "several"
/// @param statements how concepts stand to each other
/// @param background or null when none is named
public record CaptionFacts(
    Map<Concept, Integer> counts, List<Statement> statements, @Nullable Background background) {

  /// One thing said of how objects stand.
  public sealed interface Statement {
    /// `first` is to the left of `second`.
    record LeftOf(Concept first, Concept second) implements Statement {}

    /// `first` is above `second`.
    record Above(Concept first, Concept second) implements Statement {}

    /// `middle` is between `one` and `other`, which are in the order of their indices.
    record Between(Concept middle, Concept one, Concept other) implements Statement {
      static Between of(Concept middle, Concept one, Concept other) {
        return one.index() < other.index()
            ? new Between(middle, one, other)
            : new Between(middle, other, one);
      }
    }
  }

  /// Reads a caption.
  public static CaptionFacts parse(String caption, Concepts concepts) {
    return concepts.reader().read(caption);
  }

  /// The statement that is true of a scene, if it has objects in a relation.
  static Optional<Statement> truth(SceneFacts facts) {
    List<Concept> concepts = facts.objects().stream().map(Group::concept).toList();
    return switch (facts.relation()) {
      case NONE -> Optional.empty();
      case LEFT_OF -> Optional.of(new Statement.LeftOf(concepts.get(0), concepts.get(1)));
      case ABOVE -> Optional.of(new Statement.Above(concepts.get(0), concepts.get(1)));
      case BETWEEN ->
          Optional.of(Statement.Between.of(concepts.get(0), concepts.get(1), concepts.get(2)));
    };
  }

  /// What a caption that states all these facts states.
  static CaptionFacts of(SceneFacts facts) {
    Map<Concept, Integer> counts = new LinkedHashMap<>();
    facts.objects().forEach(group -> counts.put(group.concept(), group.count()));
    return new CaptionFacts(counts, truth(facts).stream().toList(), facts.background());
  }
}
