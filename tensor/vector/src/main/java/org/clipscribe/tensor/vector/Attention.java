package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;
import static org.clipscribe.tensor.vector.Lanes.multiplyAdd;
import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.vector.Products.Matrix;

/// Multi-head attention, one head of one sequence at a time.
///
/// Many queries: keys and values of a head are copied into panels and the two products run on the
/// kernels of the linear layers. Few queries, as in decoding: copying would cost more than it
/// saves, so each query goes over the keys and values where they lie.
///
/// @param q queries `[B, Tq, C]`, k keys `[B, Tk, C]`, v values `[B, Tk, C]`, y result, all as `[B
///     * T, C]`
record Attention(
    Matrix q,
    Matrix k,
    Matrix v,
    Matrix y,
    int queries,
    int keys,
    int heads,
    AttentionMask mask,
    Dropout dropout) {

  /// Queries from which copying pays; a tile has 5.
  private static final int MANY = 4;

  /// Queries whose scores are in work at once.
  private static final int BLOCK = 12 * Tile.ROWS;

  private int width() {
    return q.stride() / heads;
  }

  private float scale() {
    return (float) (1 / Math.sqrt(width()));
  }

  /// @param part number of the sequence times heads plus number of the head
  void run(int part) {
    int column = part % heads * width();
    if (queries < MANY) {
      for (int query = 0; query < queries; query++) {
        attendInPlace(part, query, column);
      }
    } else {
      attendInPanels(part, column);
    }
  }

  private int visible(int batch, int query) {
    return Math.max(0, mask.visible(batch, query, queries, keys));
  }

  private void attendInPanels(int part, int column) {
    int batch = part / heads;
    int width = width();
    int padded = PanelFormat.panels(keys) * COLUMNS;
    int firstKey = batch * keys;
    float[] keyPanels =
        Products.panels(k.array(), k.at(firstKey, column), 1, k.stride(), width, keys);
    float[] valuePanels =
        Products.panels(v.array(), v.at(firstKey, column), v.stride(), 1, keys, width);
    float[] scores = new float[Math.min(BLOCK, queries) * padded];
    Matrix rows = new Matrix(scores, 0, padded);
    for (int first = 0; first < queries; first += BLOCK) {
      int count = Math.min(BLOCK, queries - first);
      int row = batch * queries + first;
      Arrays.fill(scores, 0); // products add
      Products.heap(view(q, row, column), count, width, keyPanels, padded, rows);
      for (int i = 0; i < count; i++) {
        int query = first + i;
        Rows.distribute(scores, i * padded, padded, visible(batch, query), scale());
        drop(scores, i * padded, (part * queries + query) * keys);
      }
      Products.heap(rows, count, keys, valuePanels, width, view(y, row, column));
    }
  }

  private static Matrix view(Matrix whole, int row, int column) {
    return new Matrix(whole.array(), whole.at(row, column), whole.stride());
  }

  /// @param number index of the row's first probability among all `[B, H, Tq, Tk]`
  private void drop(float[] probabilities, int at, int number) {
    if (!dropout.isNone()) {
      Randoms.drop(dropout, probabilities, at, number, Math.min(keys, probabilities.length - at));
    }
  }

  private void attendInPlace(int part, int query, int column) {
    int batch = part / heads;
    int visible = visible(batch, query);
    int padded = Math.ceilDiv(Math.max(1, visible), COUNT) * COUNT;
    float[] scores = new float[padded];
    int width = width();
    int from = q.at(batch * queries + query, column);
    for (int key = 0; key < visible; key++) {
      scores[key] = dot(q.array(), from, k.array(), k.at(batch * keys + key, column), width);
    }
    Rows.distribute(scores, 0, padded, visible, scale());
    drop(scores, 0, (part * queries + query) * keys);
    int to = y.at(batch * queries + query, column);
    int start = v.at(batch * keys, column);
    mix(scores, visible, v.array(), start, v.stride(), y.array(), to, width);
  }

  private static float dot(float[] a, int aStart, float[] b, int bStart, int count) {
    FloatVector sums = FloatVector.zero(FLOATS);
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += COUNT) {
      sums = fromArray(FLOATS, a, aStart + i).fma(fromArray(FLOATS, b, bStart + i), sums);
    }
    float rest = 0;
    for (int i = bound; i < count; i++) {
      rest = multiplyAdd(a[aStart + i], b[bStart + i], rest);
    }
    float[] lanes = new float[COUNT];
    sums.intoArray(lanes, 0);
    return Lanes.sum(lanes) + rest;
  }

  /// `to = sum of weights[row] * rows[row]`
  private static void mix(
      float[] weights,
      int count,
      float[] rows,
      int start,
      int stride,
      float[] to,
      int toStart,
      int width) {
    int bound = FLOATS.loopBound(width);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector sums = FloatVector.zero(FLOATS);
      for (int row = 0; row < count; row++) {
        FloatVector weight = broadcast(FLOATS, weights[row]);
        sums = weight.fma(fromArray(FLOATS, rows, start + row * stride + i), sums);
      }
      sums.intoArray(to, toStart + i);
    }
    for (int i = bound; i < width; i++) {
      float sum = 0;
      for (int row = 0; row < count; row++) {
        sum = multiplyAdd(weights[row], rows[start + row * stride + i], sum);
      }
      to[toStart + i] = sum;
    }
  }
}
