package org.clipscribe.scenes;

/// Counts how much of each patch each object covers, and tells whose each patch is.
final class Coverage {
  /// A patch of which less is covered counts as background.
  private static final float LEAST = 0.3f;

  private final int size;
  private final int patch;
  private final int across;
  private final float[] most;
  private final int[] owner;
  private int objects;

  Coverage(int size, int patch) {
    this.size = size;
    this.patch = patch;
    this.across = size / patch;
    this.most = new float[across * across];
    this.owner = new int[across * across];
  }

  /// The next object, in the order in which they are drawn.
  void add(Stamp stamp) {
    float[] covered = new float[most.length];
    for (int i = 0; i < stamp.opacity().length; i++) {
      int x = stamp.left() + i % stamp.side();
      int y = stamp.top() + i / stamp.side();
      if (x >= 0 && y >= 0 && x < size && y < size) {
        covered[y / patch * across + x / patch] += stamp.opacity()[i];
      }
    }
    for (int i = 0; i < covered.length; i++) {
      if (covered[i] > most[i]) {
        most[i] = covered[i];
        owner[i] = objects;
      }
    }
    objects++;
  }

  /// @param objects the label of each object
  /// @param background the label of patches that nothing covers
  int[] labels(int[] objects, int background) {
    int[] labels = new int[most.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = most[i] >= LEAST * patch * patch ? objects[owner[i]] : background;
    }
    return labels;
  }
}
