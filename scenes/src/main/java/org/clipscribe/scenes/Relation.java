package org.clipscribe.scenes;

/// How the objects of a scene stand to each other, in the order in which [SceneFacts] lists them.
public enum Relation {
  /// Nothing is said.
  NONE,
  /// The first of two is to the left of the second.
  LEFT_OF,
  /// The first of two is above the second.
  ABOVE,
  /// The first of three is between the two others, side by side or one above the other.
  BETWEEN
}
