package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.PanelFormat.COLUMNS;

import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.vector.Products.Matrix;

/// The gradients of [Attention], one head of one sequence at a time: every element of the results
/// belongs to one head, so threads never meet. The formulas are those of
/// [org.clipscribe.tensor.spi.GradientOperations#attentionBackward].
///
/// @param q queries `[B, Tq, C]`, k keys `[B, Tk, C]`, v values `[B, Tk, C]`, dy gradient of the
///     result, dq, dk, dv gradients of the inputs, zeros at first; all as `[B * T, C]`
record AttentionGradient(
    Matrix q,
    Matrix k,
    Matrix v,
    Matrix dy,
    Matrix dq,
    Matrix dk,
    Matrix dv,
    int queries,
    int keys,
    int heads,
    AttentionMask mask,
    Dropout dropout) {

  /// @param part number of the sequence times heads plus number of the head
  void run(int part) {
    int column = part % heads * width();
    int firstQuery = part / heads * queries;
    int firstKey = part / heads * keys;
    int padded = PanelFormat.panels(keys) * COLUMNS;
    float[] p = probabilities(part, firstQuery, firstKey, column, padded);
    float[] dp = new float[queries * padded];
    product(dy, firstQuery, column, turnedPanels(v, firstKey, column), padded, dp);
    float[] dropped = p;
    if (!dropout.isNone()) {
      dropped = p.clone();
      drop(dropped, part, padded);
      drop(dp, part, padded);
    }
    // dv = pᵀ dy
    turnedProduct(dropped, padded, dy, firstQuery, column, dv, firstKey);
    float scale = scale();
    for (int i = 0; i < queries; i++) {
      int at = i * padded;
      RowGradients.softmax(p, at, dp, at, scale, dp, at, keys);
    }
    // dq = ds k and dk = dsᵀ q
    float[] keyPanels =
        Products.panels(k.array(), k.at(firstKey, column), k.stride(), 1, keys, width());
    Products.heap(
        new Matrix(dp, 0, padded), queries, keys, keyPanels, width(), view(dq, firstQuery, column));
    turnedProduct(dp, padded, q, firstQuery, column, dk, firstKey);
  }

  private int width() {
    return q.stride() / heads;
  }

  private float scale() {
    return (float) (1 / Math.sqrt(width()));
  }

  private static Matrix view(Matrix whole, int row, int column) {
    return new Matrix(whole.array(), whole.at(row, column), whole.stride());
  }

  /// `[Tq, padded]`; 0 where a query does not see a key.
  private float[] probabilities(int part, int firstQuery, int firstKey, int column, int padded) {
    float[] p = new float[queries * padded];
    product(q, firstQuery, column, turnedPanels(k, firstKey, column), padded, p);
    for (int i = 0; i < queries; i++) {
      int at = i * padded;
      int visible = Math.max(0, mask.visible(part / heads, i, queries, keys));
      Rows.distribute(p, at, padded, visible, scale());
    }
    return p;
  }

  /// One head of `x [Tk, D]` as the right-hand matrix `[D, Tk]`.
  private float[] turnedPanels(Matrix x, int first, int column) {
    return Products.panels(x.array(), x.at(first, column), 1, x.stride(), width(), keys);
  }

  /// `to = a panels`, `[Tq, padded]`
  private void product(Matrix a, int first, int column, float[] panels, int padded, float[] to) {
    Products.heap(
        view(a, first, column), queries, width(), panels, padded, new Matrix(to, 0, padded));
  }

  /// `to += aᵀ b`, `[Tk, D]`
  ///
  /// @param a `[Tq, padded]`
  /// @param b `[Tq, D]` of this head
  private void turnedProduct(
      float[] a, int padded, Matrix b, int first, int column, Matrix to, int firstKey) {
    float[] turned = new float[keys * queries];
    for (int key = 0; key < keys; key += COLUMNS) {
      int width = Math.min(COLUMNS, keys - key);
      Transposition.apply(a, key, padded, turned, key * queries, queries, queries, width);
    }
    float[] panels =
        Products.panels(b.array(), b.at(first, column), b.stride(), 1, queries, width());
    Products.heap(
        new Matrix(turned, 0, queries), keys, queries, panels, width(), view(to, firstKey, column));
  }

  private void drop(float[] x, int part, int padded) {
    for (int i = 0; i < queries; i++) {
      Randoms.drop(dropout, x, i * padded, (part * queries + i) * keys, keys);
    }
  }
}
