package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Whole matrix products: cut into parts for the threads, and each part into what the caches hold.
final class Products {
  /// Lines of a panel that are multiplied at a time: 256 KB of floats, which stay in a second-level
  /// cache while all rows pass.
  private static final int DEPTH = 1024;

  /// Rows of a part: with `DEPTH` inputs they take 640 KB.
  private static final int MOST_ROWS = 32 * Tile.ROWS;

  /// Panels of a part of few rows.
  private static final int MOST_PANELS = 6;

  private final WorkCrew crew;

  Products(WorkCrew crew) {
    this.crew = crew;
  }

  /// A matrix within an array.
  ///
  /// @param array holds the matrix
  /// @param start its first element
  /// @param stride from one row to the next
  record Matrix(float[] array, int start, int stride) {
    int at(int row, int column) {
      return start + row * stride + column;
    }

    /// What lies below and right of an element.
    Matrix from(int row, int column) {
      return new Matrix(array, at(row, column), stride);
    }
  }

  /// `c = finish(a Wᵀ)`
  ///
  /// @param a `[rows, inputs]`
  /// @param c `[rows, outputs]`
  void linear(Matrix a, int rows, PanelWeight weight, Matrix c, Finish finish) {
    if (rows == 0 || weight.outputs() == 0) {
      return;
    }
    int panels = PanelFormat.panels(weight.outputs());
    int chunk = chunk(rows, panels);
    int group = group(rows, panels);
    int groups = Math.ceilDiv(panels, group);
    int parts = groups * Math.ceilDiv(rows, chunk);
    // Panels vary fastest: the rows of a part are still in the cache for the next one.
    crew.run(
        parts,
        (long) rows * weight.inputs() * weight.outputs(),
        i -> {
          int first = i / groups * chunk;
          int panel = i % groups * group;
          int end = Math.min(panels, panel + group);
          part(weight, panel, end, a, first, Math.min(chunk, rows - first), c, finish);
        });
  }

  /// Rows of a part: few enough that every thread gets several parts, in whole tiles.
  private int chunk(int rows, int panels) {
    int wanted = Math.ceilDiv(4 * crew.threads(), panels);
    int chunk = Math.min(MOST_ROWS, Math.ceilDiv(rows, wanted));
    return Math.ceilDiv(chunk, Tile.ROWS) * Tile.ROWS;
  }

  /// Panels of a part: few rows wait for memory, which delivers fastest what lies together.
  private int group(int rows, int panels) {
    int most = rows > Tile.ROWS ? 1 : MOST_PANELS;
    int forEachThread =
        rows == 1 ? Math.ceilDiv(panels, crew.threads()) : panels / (3 * crew.threads());
    return Math.clamp(forEachThread, 1, most);
  }

  /// Panels `panel .. end`.
  private void part(
      PanelWeight weight,
      int panel,
      int end,
      Matrix a,
      int first,
      int rows,
      Matrix c,
      Finish finish) {
    int column = panel * COLUMNS;
    int width = Math.min(end * COLUMNS, weight.outputs()) - column;
    if (rows == 1) {
      multiplyRow(weight, panel, end, a.array(), a.at(first, 0), c.array(), c.at(first, column));
    } else {
      for (int each = panel; each < end; each++) {
        // Others take their parts meanwhile.
        int next = each + 1 < end ? each + 1 : end + (crew.threads() - 1) * (end - panel);
        multiply(weight, each, next, a, first, rows, c);
      }
    }
    Functions functions = new Functions();
    for (int row = first; row < first + rows; row++) {
      finish.apply(functions, c.array(), c.at(row, column), row, column, width);
    }
  }

  /// One row by panels `panel .. end`.
  private static void multiplyRow(
      PanelWeight weight, int panel, int end, float[] a, int from, float[] c, int to) {
    PanelFormat layout = weight.layout();
    float[] sums = new float[RowKernel.PANELS * COLUMNS];
    for (int each = panel; each < end; each += RowKernel.PANELS) {
      int count = Math.min(end - each, RowKernel.PANELS);
      int width = Math.min(count * COLUMNS, weight.outputs() - each * COLUMNS);
      Arrays.fill(sums, 0);
      RowKernel.multiply(
          new RowKernel.Task(
              layout,
              weight.image(),
              weight.lineAt(each, 0),
              count,
              a,
              from,
              sums,
              weight.inputs()));
      for (int at = 0; layout == PanelFormat.INT8 && at < width; at += COLUMNS) {
        Int8Sums.separate(sums, at);
      }
      System.arraycopy(sums, 0, c, to + (each - panel) * COLUMNS, width);
    }
  }

  /// @param nextPanel the one that this thread will probably multiply after `panel`
  private static void multiply(
      PanelWeight weight, int panel, int nextPanel, Matrix a, int first, int rows, Matrix c) {
    int column = panel * COLUMNS;
    int width = Math.min(COLUMNS, weight.outputs() - column);
    Matrix sums = c.from(first, column);
    int inputs = weight.inputs();
    for (int from = 0; from == 0 || from < inputs; from += DEPTH) {
      int to = Math.min(inputs, from + DEPTH);
      MemorySegment lines = weight.lines(panel, from, to);
      MemorySegment next = to < inputs ? weight.rest(panel, to) : weight.rest(nextPanel, 0);
      PanelKernel.multiply(
          new PanelKernel.Task(
              weight.layout(),
              lines,
              next.byteSize() < lines.byteSize() ? lines : next,
              a.from(first, from),
              sums,
              to - from,
              width),
          rows);
    }
    if (weight.layout() == PanelFormat.INT8) {
      Int8Sums.separate(sums, rows, width);
    }
  }

  /// `c = a b` where `b` lies on the heap in panels of `depth` lines.
  ///
  /// @param b panels, `[ceil(columns / 64)][depth][64]`
  static void heap(Matrix a, int rows, int depth, float[] b, int columns, Matrix c) {
    for (int column = 0; column < columns; column += COLUMNS) {
      int width = Math.min(COLUMNS, columns - column);
      HeapKernel.multiply(
          new HeapKernel.Task(b, column * depth, a, c.from(0, column), depth, width), rows);
    }
  }

  /// Copies a matrix into panels on the heap.
  ///
  /// @param start first element
  /// @param alongDepth from an element to the one below it
  /// @param alongColumns from an element to the one right of it
  /// @return `[ceil(columns / 64)][depth][64]`, zero-padded
  static float[] panels(
      float[] from, int start, int alongDepth, int alongColumns, int depth, int columns) {
    float[] panels = new float[PanelFormat.panels(columns) * depth * COLUMNS];
    for (int column = 0; column < columns; column += COLUMNS) {
      int width = Math.min(COLUMNS, columns - column);
      for (int k = 0; k < depth; k++) {
        int at = start + k * alongDepth + column * alongColumns;
        int to = (column * depth) + k * COLUMNS;
        if (alongColumns == 1) {
          System.arraycopy(from, at, panels, to, width);
        } else {
          for (int j = 0; j < width; j++) {
            panels[to + j] = from[at + j * alongColumns];
          }
        }
      }
    }
    return panels;
  }
}
