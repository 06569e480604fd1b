package org.clipscribe.scenes;

import java.util.Locale;

/// What is behind the objects of a scene: one of eleven colours, plain or in stripes of two of its
/// shades, or one of five places.
public enum Background {
  RED,
  ORANGE,
  YELLOW,
  GREEN,
  BLUE,
  PURPLE,
  PINK,
  BROWN,
  GRAY,
  WHITE,
  BLACK,
  GRASS,
  NIGHT,
  SEA,
  SAND,
  SNOW;

  /// Whether this is a colour rather than a place.
  public boolean isColour() {
    return switch (this) {
      case GRASS, NIGHT, SEA, SAND, SNOW -> false;
      default -> true;
    };
  }

  /// From 0 on, in the order of this list: which label a patch of it has.
  @SuppressWarnings("EnumOrdinal") // labels of patches are numbers by nature
  int index() {
    return ordinal();
  }

  /// What captions call it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
