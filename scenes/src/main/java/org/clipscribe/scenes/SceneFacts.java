package org.clipscribe.scenes;

import java.util.List;
import java.util.stream.Collectors;

/// What is true of a scene, as far as captions tell: a caption is made from it and judged by it.
///
/// Facts have one form only. *A cat to the right of a dog* is `LEFT_OF` with the dog first; where
/// the order says nothing, lower indices come first.
///
/// @param objects one to three different concepts with their counts
/// @param relation between them
/// @param background behind them
public record SceneFacts(List<Group> objects, Relation relation, Background background) {

  /// Several of one kind.
  ///
  /// @param concept what they are
  /// @param count at least 1
  public record Group(Concept concept, int count) {
    public Group {
      if (count < 1) {
        throw new IllegalArgumentException("scene: " + count + " of " + concept);
      }
    }

    @Override
    public String toString() {
      return count + " " + concept;
    }
  }

  public SceneFacts {
    objects = List.copyOf(objects);
    int needed =
        switch (relation) {
          case NONE -> objects.size();
          case LEFT_OF, ABOVE -> 2;
          case BETWEEN -> 3;
        };
    if (objects.isEmpty() || objects.size() > 3 || objects.size() != needed) {
      throw new IllegalArgumentException("scene: " + relation + " of " + objects);
    }
    long different = objects.stream().map(Group::concept).distinct().count();
    if (different != objects.size()) {
      throw new IllegalArgumentException("scene: one concept twice in " + objects);
    }
  }

  /// Facts in their one form: where order says nothing, by index.
  public static SceneFacts of(List<Group> objects, Relation relation, Background background) {
    List<Group> ordered =
        switch (relation) {
          case NONE -> sorted(objects);
          case LEFT_OF, ABOVE -> objects;
          case BETWEEN -> {
            List<Group> outer = sorted(objects.subList(1, objects.size()));
            yield List.of(objects.get(0), outer.get(0), outer.get(1));
          }
        };
    return new SceneFacts(ordered, relation, background);
  }

  private static List<Group> sorted(List<Group> groups) {
    return groups.stream()
        .sorted((a, b) -> Integer.compare(a.concept().index(), b.concept().index()))
        .toList();
  }

  @Override
  public String toString() {
    return objects.stream().map(Group::toString).collect(Collectors.joining(", "))
        + "; "
        + relation
        + "; "
        + background;
  }
}
