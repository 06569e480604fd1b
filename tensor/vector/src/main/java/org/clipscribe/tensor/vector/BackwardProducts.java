package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.clipscribe.tensor.vector.Products.Matrix;

/// The two matrix products of a linear layer's gradient, on the kernel of the layer itself.
///
/// That kernel multiplies rows by panels whose lines run along the sum. For `dx = dy W` the sum
/// runs over outputs, so blocks of the weight are turned round on the way into a scratch panel; for
/// `dW = dyᵀ x` it runs over rows of the batch, so `x` is turned round once and `dy` cut into
/// panels. Each element of a result has one owner, who adds up in order.
final class BackwardProducts {
  /// Lines of a scratch panel: 256 KB, which stay in a second-level cache while all rows pass.
  private static final int DEPTH = 1024;

  /// Inputs of a weight whose gradients are in work at once: 40 KB, in whole tiles.
  private static final int CHUNK = 32 * Tile.ROWS;

  private final WorkCrew crew;

  BackwardProducts(WorkCrew crew) {
    this.crew = crew;
  }

  /// `dx += dy W`
  ///
  /// @param dy `[rows, outputs]`
  /// @param dx `[rows, inputs]`
  void input(Matrix dy, int rows, PanelWeight weight, Matrix dx) {
    crew.run(
        PanelFormat.panels(weight.inputs()),
        (long) rows * weight.inputs() * weight.outputs(),
        block -> inputColumns(dy, rows, weight, dx, block * COLUMNS));
  }

  private static void inputColumns(Matrix dy, int rows, PanelWeight weight, Matrix dx, int column) {
    int width = Math.min(COLUMNS, weight.inputs() - column);
    Matrix sums = dx.from(0, column);
    float[] panel =
        new float[Math.min(DEPTH, PanelFormat.panels(weight.outputs()) * COLUMNS) * COLUMNS];
    float[] lines = new float[COLUMNS * COLUMNS];
    for (int from = 0; from < weight.outputs(); from += DEPTH) {
      int depth = Math.min(DEPTH, weight.outputs() - from);
      for (int k = 0; k < depth; k += COLUMNS) {
        weight.readLines((from + k) / COLUMNS, column, width, lines);
        Transposition.apply(lines, 0, COLUMNS, panel, k * COLUMNS, COLUMNS, width, COLUMNS);
      }
      multiply(panel, dy.from(0, from), rows, sums, depth, width);
    }
  }

  /// `sum += dyᵀ x`
  ///
  /// @param x `[rows, inputs]`
  /// @param dy `[rows, outputs]`
  void weight(Matrix x, Matrix dy, int rows, PanelWeight sum) {
    if (rows == 0) {
      return;
    }
    int inputs = sum.inputs();
    float[] turned = new float[inputs * rows];
    int blocks = PanelFormat.panels(inputs);
    crew.run(
        blocks,
        (long) inputs * rows * 4,
        block -> {
          int column = block * COLUMNS;
          int width = Math.min(COLUMNS, inputs - column);
          Transposition.apply(
              x.array(), x.at(0, column), x.stride(), turned, column * rows, rows, rows, width);
        });
    Matrix columns = new Matrix(turned, 0, rows);
    crew.run(
        PanelFormat.panels(sum.outputs()),
        (long) rows * inputs * sum.outputs(),
        panel -> weightPanel(columns, dy, rows, sum, panel));
  }

  /// @param x `[inputs, rows]`
  private static void weightPanel(Matrix x, Matrix dy, int rows, PanelWeight sum, int number) {
    int column = number * COLUMNS;
    int width = Math.min(COLUMNS, sum.outputs() - column);
    int inputs = sum.inputs();
    float[] panel = new float[Math.min(DEPTH, rows) * COLUMNS];
    float[] chunk = new float[Math.min(CHUNK, inputs) * COLUMNS];
    for (int from = 0; from < rows; from += DEPTH) {
      int depth = Math.min(DEPTH, rows - from);
      for (int k = 0; k < depth; k++) {
        System.arraycopy(dy.array(), dy.at(from + k, column), panel, k * COLUMNS, width);
      }
      for (int first = 0; first < inputs; first += CHUNK) {
        int count = Math.min(CHUNK, inputs - first);
        MemorySegment lines = sum.lines(number, first, first + count);
        MemorySegment.copy(lines, ValueLayout.JAVA_FLOAT, 0, chunk, 0, count * COLUMNS);
        multiply(panel, x.from(first, from), count, new Matrix(chunk, 0, COLUMNS), depth, COLUMNS);
        MemorySegment.copy(chunk, 0, lines, ValueLayout.JAVA_FLOAT, 0, count * COLUMNS);
      }
    }
  }

  /// `c += a panel`
  private static void multiply(float[] panel, Matrix a, int rows, Matrix c, int depth, int width) {
    HeapKernel.multiply(new HeapKernel.Task(panel, 0, a, c, depth, width), rows);
  }
}
