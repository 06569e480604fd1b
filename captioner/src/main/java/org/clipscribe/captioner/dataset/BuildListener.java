package org.clipscribe.captioner.dataset;

/// Who wants to know how building a data set gets on.
public interface BuildListener {
  /// @param rows of the source that were read so far
  void reading(long rows);

  /// @param done images that were done by an earlier run that was interrupted
  /// @param total images of the data set
  void resuming(int done, int total);

  /// @param done images that are done
  /// @param total images of the data set
  void embedding(int done, int total);

  /// Something is left out.
  void leftOut(Problem problem);
}
