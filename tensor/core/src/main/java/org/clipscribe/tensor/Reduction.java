package org.clipscribe.tensor;

/// Folds a row into one number.
public enum Reduction {
  SUM,
  MEAN,
  MAXIMUM
}
