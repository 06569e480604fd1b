package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import java.time.Duration;
import java.util.List;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.vector.Products.Matrix;

/// Gets everything compiled that a layer does beside its products with weights, as [WarmUp] does
/// for these. That can begin before anything is known of a model, and once is enough for a process.
final class SmallKernels {
  /// Lines of a panel, as in [WarmUp].
  private static final int DEPTH = WarmUp.DEPTH;

  /// Runs from when this class is first used.
  private static final Thread COMPILING =
      Thread.ofPlatform().daemon().name("clipscribe-small-kernels").start(SmallKernels::run);

  private SmallKernels() {}

  /// Begins, if that has not happened yet; waits for nothing. Whoever uses this class has begun.
  static void begin() {}

  /// Waits until they are compiled.
  ///
  /// @return false when the time is up before
  static boolean await(Duration patience) {
    try {
      return COMPILING.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true; // nobody wants to wait
    }
  }

  private static void run() {
    HeapKernel.Task heap =
        new HeapKernel.Task(
            new float[DEPTH * COLUMNS],
            0,
            WarmUp.tile(DEPTH),
            WarmUp.tile(COLUMNS),
            DEPTH,
            COLUMNS);
    call(() -> HeapKernel.multiply(heap, Tile.ROWS));
    int width = 2 * Lanes.COUNT;
    float[] x = new float[width];
    // All operations in turn, for the same reason as the formats.
    call(
        () -> {
          for (Binary f : Binary.values()) {
            Elements.zip(f, x, 0, x, 0, x, 0, width);
            Elements.zip(f, x, 0, 1, x, 0, width);
          }
        });
    Functions functions = new Functions();
    for (Unary f : List.of(Unary.RELU, Unary.QUICK_GELU, Unary.GELU_TANH)) {
      call(() -> functions.map(f, x, 0, x, 0, width));
    }
    call(() -> Rows.layerNorm(x, 0, x, 0, x, 0, 1, x, 0, width));
    call(() -> Rows.softmaxVectors(x, 0, width, 1));
    Matrix row = new Matrix(x, 0, width);
    Attention attention =
        new Attention(row, row, row, row, 1, 1, 1, AttentionMask.NONE, Dropout.NONE);
    call(() -> attention.run(0));
  }

  private static void call(Runnable kernel) {
    UntilCompiled.call(kernel, () -> false);
  }
}
