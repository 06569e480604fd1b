package org.clipscribe.captioner.dataset;

/// What a data set is built of.
final class BuildRecipe {
  static final String FILE = "build.json";

  private BuildRecipe() {}
}
