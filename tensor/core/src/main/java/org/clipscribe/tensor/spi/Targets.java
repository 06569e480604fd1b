package org.clipscribe.tensor.spi;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;

/// What a loss makes of its targets.
public final class Targets {
  /// Rows of logits that are in memory at once: enough to reuse the weights well, and 51 MB with
  /// the vocabulary of GPT-2.
  public static final int BLOCK = 256;

  private Targets() {}

  /// Which rows have a target.
  public static int[] keptRows(int[] targets) {
    return IntStream.range(0, targets.length).filter(i -> targets[i] != Tensor.IGNORED).toArray();
  }

  /// The targets of some rows.
  static int[] of(int[] targets, int[] rows) {
    return Arrays.stream(rows).map(row -> targets[row]).toArray();
  }

  /// How many rows have a target.
  public static int kept(int[] targets) {
    return (int) Arrays.stream(targets).filter(target -> target != Tensor.IGNORED).count();
  }

  /// 1 at the target of each row, 0 elsewhere; of the shape of the logits.
  static Tensor oneHot(Tensor logits, int[] targets) {
    float[] values = new float[logits.shape().size()];
    for (int row : keptRows(targets)) {
      values[row * logits.shape().last() + targets[row]] = 1;
    }
    return Tensor.of(logits.backend(), logits.shape(), values);
  }

  /// What each row counts in the mean: 0 for an ignored one.
  static Tensor weights(Tensor logits, int[] targets) {
    float[] values = new float[targets.length];
    float share = 1f / Math.max(1, kept(targets));
    for (int row : keptRows(targets)) {
      values[row] = share;
    }
    Shape shape = logits.shape().withLast(1);
    return Tensor.of(logits.backend(), shape, values);
  }
}
