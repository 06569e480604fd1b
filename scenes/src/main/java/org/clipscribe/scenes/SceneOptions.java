package org.clipscribe.scenes;

/// How scenes are made.
///
/// @param size width and height of the pictures
/// @param patch width and height of a patch, a divisor of `size`
/// @param seed of the whole stream
/// @param augmented whether colours, lines, sharpness and noise are changed at random, as is right
///     for training; held-out scenes are left as the artists drew them
/// @param mixed in how many of a hundred scenes each object has a style of its own
public record SceneOptions(int size, int patch, long seed, boolean augmented, int mixed) {
  public SceneOptions {
    if (size < 16 || size > 1024 || patch < 1 || size % patch != 0 || mixed < 0 || mixed > 100) {
      throw new IllegalArgumentException(
          "scenes: size %d, patch %d, mixed %d".formatted(size, patch, mixed));
    }
  }

  /// Scenes to train on.
  public static SceneOptions training(int size, int patch, long seed) {
    return new SceneOptions(size, patch, seed, true, 20);
  }

  /// Scenes to train on as they were drawn.
  public static SceneOptions plain(int size, int patch, long seed) {
    return new SceneOptions(size, patch, seed, false, 0);
  }

  /// Scenes that training never sees, whatever its seed: one style each, as it was drawn.
  public static SceneOptions heldOut(int size, int patch, long seed) {
    return new SceneOptions(size, patch, ~seed, false, 0);
  }
}
