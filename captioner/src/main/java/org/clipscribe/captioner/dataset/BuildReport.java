package org.clipscribe.captioner.dataset;

import java.util.Map;

/// What was built.
///
/// @param images with their captions
/// @param leftOut how many problems of each kind there were in this run
public record BuildReport(int images, int captions, Map<Problem.Reason, Integer> leftOut) {
  public BuildReport {
    leftOut = Map.copyOf(leftOut);
  }
}
