package org.clipscribe.tensor.vector;

import jdk.incubator.vector.FloatVector;
import org.clipscribe.tensor.Binary;

/// Loops over pairs of elements. All of [Binary] rounds once, so a vector and a remainder of single
/// elements give the same result.
final class Elements {
  private Elements() {}

  /// `to[i] = f(a[i], b[i])` for `count` elements; `to` may be `a` or `b`.
  static void zip(
      Binary f, float[] a, int aStart, float[] b, int bStart, float[] to, int start, int count) {
    int bound = Lanes.FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += Lanes.COUNT) {
      combine(f, Lanes.load(a, aStart + i), Lanes.load(b, bStart + i)).intoArray(to, start + i);
    }
    for (int i = bound; i < count; i++) {
      to[start + i] = (float) f.apply(a[aStart + i], b[bStart + i]);
    }
  }

  /// `to[i] = f(a[i], b)` for `count` elements; `to` may be `a`.
  static void zip(Binary f, float[] a, int aStart, float b, float[] to, int start, int count) {
    FloatVector right = Lanes.broadcast(b);
    int bound = Lanes.FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += Lanes.COUNT) {
      combine(f, Lanes.load(a, aStart + i), right).intoArray(to, start + i);
    }
    for (int i = bound; i < count; i++) {
      to[start + i] = (float) f.apply(a[aStart + i], b);
    }
  }

  private static FloatVector combine(Binary f, FloatVector a, FloatVector b) {
    return switch (f) {
      case ADD -> a.add(b);
      case SUBTRACT -> a.sub(b);
      case MULTIPLY -> a.mul(b);
      case DIVIDE -> a.div(b);
      case MAXIMUM -> a.max(b);
    };
  }
}
