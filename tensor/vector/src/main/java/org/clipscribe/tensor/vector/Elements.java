package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.Binary;

/// The loop over pairs of elements. All of [Binary] rounds once, so a vector and a remainder of
/// single elements give the same result.
final class Elements {
  private Elements() {}

  /// `to[i] = f(a[i], b[i])` for `count` elements; `to` may be `a` or `b`.
  static void zip(
      Binary f, float[] a, int aStart, float[] b, int bStart, float[] to, int start, int count) {
    zip(f, a, aStart, b, bStart, false, to, start, count);
  }

  /// `to[i] = f(a[i], b)` for `count` elements; `to` may be `a`.
  static void zip(Binary f, float[] a, int aStart, float b, float[] to, int start, int count) {
    zip(f, a, aStart, new float[] {b}, 0, true, to, start, count);
  }

  /// @param repeat whether `b` has one element for all
  private static void zip(
      Binary f,
      float[] a,
      int aStart,
      float[] b,
      int bStart,
      boolean repeat,
      float[] to,
      int start,
      int count) {
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector x = fromArray(FLOATS, a, aStart + i);
      FloatVector y = repeat ? broadcast(FLOATS, b[bStart]) : fromArray(FLOATS, b, bStart + i);
      FloatVector z =
          switch (f) {
            case ADD -> x.add(y);
            case SUBTRACT -> x.sub(y);
            case MULTIPLY -> x.mul(y);
            case DIVIDE -> x.div(y);
            case MAXIMUM -> x.max(y);
            case AT_LEAST ->
                FloatVector.zero(FLOATS)
                    .blend(broadcast(FLOATS, 1), x.compare(VectorOperators.GE, y));
          };
      z.intoArray(to, start + i);
    }
    for (int i = bound; i < count; i++) {
      to[start + i] = (float) f.apply(a[aStart + i], b[repeat ? bStart : bStart + i]);
    }
  }
}
