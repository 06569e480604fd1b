package org.clipscribe.scenes;

import java.util.List;

/// Something that can be drawn and named.
///
/// @param index from 0 to below [Concepts#count()], the label of its patches
/// @param name what captions call it, for example `slice of pizza`
/// @param plural what captions call several of it
/// @param singulars all forms that name one of it, `name` among them
/// @param plurals all forms that name several of it, `plural` among them
public record Concept(
    int index, String name, String plural, List<String> singulars, List<String> plurals) {
  public Concept {
    singulars = List.copyOf(singulars);
    plurals = List.copyOf(plurals);
  }

  /// `a` or `an` before the name of one thing. The vowels of the concepts' names are spoken as
  /// written, but for `ewe`.
  public static String withArticle(String name) {
    boolean vowel = "aeiou".indexOf(name.charAt(0)) >= 0 && !name.equals("ewe");
    return (vowel ? "an " : "a ") + name;
  }

  @Override
  public String toString() {
    return name;
  }
}
