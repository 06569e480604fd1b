package org.clipscribe.tensor.vector;

import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.broadcast;
import static org.clipscribe.tensor.vector.Lanes.load;
import static org.clipscribe.tensor.vector.Lanes.multiplyAdd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.Unary;

/// The derivatives of [Functions], times the gradient that arrives, in the same kind of loops.
final class Derivatives {
  /// Elements of a chunk, as in [Functions].
  private static final int CHUNK = 256;

  /// From where on `1 / (1 + e^x)` is 0 beside anything; keeps `e^x` finite.
  private static final float LARGE = 60;

  private final Functions functions = new Functions();
  private final float[] scratch = new float[CHUNK];
  private final float[] restX = new float[COUNT];
  private final float[] restDy = new float[COUNT];

  /// `to[i] = f'(x[i]) dy[i]` for `count` elements.
  void apply(Unary f, float[] x, int at, float[] dy, int dyAt, float[] to, int start, int count) {
    int bound = Lanes.FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += CHUNK) {
      vectors(f, x, at + i, dy, dyAt + i, to, start + i, Math.min(CHUNK, bound - i));
    }
    if (bound < count) {
      System.arraycopy(x, at + bound, restX, 0, count - bound);
      System.arraycopy(dy, dyAt + bound, restDy, 0, count - bound);
      vectors(f, restX, 0, restDy, 0, restDy, 0, COUNT);
      System.arraycopy(restDy, 0, to, start + bound, count - bound);
    }
  }

  private void vectors(
      Unary f, float[] x, int at, float[] dy, int dyAt, float[] to, int start, int count) {
    switch (f) {
      case IDENTITY -> System.arraycopy(dy, dyAt, to, start, count);
      case NEGATE -> functions.map(f, dy, dyAt, to, start, count);
      case RELU -> relu(x, at, dy, dyAt, to, start, count);
      case QUICK_GELU -> {
        Functions.quickGeluExponent(x, at, scratch, count);
        gate(x, at, dy, dyAt, 1.702f, 0, to, start, count);
      }
      case GELU_TANH -> {
        Functions.geluTanhExponent(x, at, scratch, count);
        float linear = (float) (2 * Math.sqrt(2 / Math.PI));
        gate(x, at, dy, dyAt, linear, 3 * 0.044715f * linear, to, start, count);
      }
      case GELU -> gelu(x, at, dy, dyAt, to, start, count);
      case TANH -> {
        functions.map(f, x, at, scratch, 0, count);
        tanh(scratch, dy, dyAt, to, start, count);
      }
      // Only losses have these, of few elements.
      case EXP, LOG, RECIPROCAL_SQRT -> {
        for (int i = 0; i < count; i++) {
          to[start + i] = (float) (f.derivative(x[at + i]) * dy[dyAt + i]);
        }
      }
    }
  }

  private static void relu(
      float[] x, int at, float[] dy, int dyAt, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector slope = load(dy, dyAt + i);
      slope.blend(0, load(x, at + i).compare(VectorOperators.LE, 0)).intoArray(to, start + i);
    }
  }

  /// Of `x s(u(x))` with the logistic function `s(u) = 1 / (1 + e)`, `e = e^(-u)`, whose exponent
  /// stands in the scratch array: `s + x s (1 - s) u'`, where `1 - s` is `e s` without cancelling,
  /// and `u' = linear + quadratic x²`.
  private void gate(
      float[] x,
      int at,
      float[] dy,
      int dyAt,
      float linear,
      float quadratic,
      float[] to,
      int start,
      int count) {
    for (int i = 0; i < count; i += COUNT) {
      load(scratch, i).min(LARGE).intoArray(scratch, i);
    }
    Functions.exp(scratch, 0, scratch, 0, count);
    for (int i = 0; i < count; i += COUNT) {
      FloatVector value = load(x, at + i);
      FloatVector e = load(scratch, i);
      FloatVector s = broadcast(1).div(e.add(1));
      FloatVector inner = multiplyAdd(value.mul(value), broadcast(quadratic), linear);
      FloatVector slope = multiplyAdd(value.mul(inner), s.mul(e.mul(s)), s);
      slope.mul(load(dy, dyAt + i)).intoArray(to, start + i);
    }
  }

  /// The share of the normal distribution below `x`, plus `x` times its density.
  private void gelu(float[] x, int at, float[] dy, int dyAt, float[] to, int start, int count) {
    float[] e = new float[count];
    float peak = (float) (1 / Math.sqrt(2 * Math.PI));
    Functions.geluExponent(x, at, e, count);
    Functions.exp(e, 0, e, 0, count);
    Functions.normalShare(x, at, e, scratch, count);
    for (int i = 0; i < count; i += COUNT) {
      FloatVector slope = multiplyAdd(load(x, at + i).mul(peak), load(e, i), load(scratch, i));
      slope.mul(load(dy, dyAt + i)).intoArray(to, start + i);
    }
  }

  /// @param y `tanh x`
  private static void tanh(float[] y, float[] dy, int dyAt, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector value = load(y, i);
      FloatVector slope = broadcast(1).sub(value.mul(value));
      slope.mul(load(dy, dyAt + i)).intoArray(to, start + i);
    }
  }
}
