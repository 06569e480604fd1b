package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;

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
    int bound = FLOATS.loopBound(count);
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
        limit(scratch, count);
        Functions.exp(scratch, 0, scratch, 0, count);
        gate(x, at, scratch, dy, dyAt, 1.702f, 0, to, start, count);
      }
      case GELU_TANH -> {
        Functions.geluTanhExponent(x, at, scratch, count);
        float linear = (float) (2 * Math.sqrt(2 / Math.PI));
        limit(scratch, count);
        Functions.exp(scratch, 0, scratch, 0, count);
        gate(x, at, scratch, dy, dyAt, linear, 3 * 0.044715f * linear, to, start, count);
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
      FloatVector slope = fromArray(FLOATS, dy, dyAt + i);
      slope
          .blend(0, fromArray(FLOATS, x, at + i).compare(VectorOperators.LE, 0))
          .intoArray(to, start + i);
    }
  }

  private static void limit(float[] exponents, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector exponent = fromArray(FLOATS, exponents, i);
      exponent.blend(LARGE, exponent.compare(VectorOperators.GT, LARGE)).intoArray(exponents, i);
    }
  }

  /// Of `x s(u(x))` with the logistic function `s(u) = 1 / (1 + e)`, `e = e^(-u)`, whose exponent
  /// stands in the scratch array: `s + x s (1 - s) u'`, where `1 - s` is `e s` without cancelling,
  /// and `u' = linear + quadratic x²`.
  private static void gate(
      float[] x,
      int at,
      float[] exponentials,
      float[] dy,
      int dyAt,
      float linear,
      float quadratic,
      float[] to,
      int start,
      int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector value = fromArray(FLOATS, x, at + i);
      FloatVector e = fromArray(FLOATS, exponentials, i);
      FloatVector s = broadcast(FLOATS, 1).div(e.add(1));
      FloatVector inner =
          value.mul(value).fma(broadcast(FLOATS, quadratic), broadcast(FLOATS, linear));
      FloatVector slope = value.mul(inner).fma(s.mul(e.mul(s)), s);
      slope.mul(fromArray(FLOATS, dy, dyAt + i)).intoArray(to, start + i);
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
      FloatVector slope =
          fromArray(FLOATS, x, at + i)
              .mul(peak)
              .fma(fromArray(FLOATS, e, i), fromArray(FLOATS, scratch, i));
      slope.mul(fromArray(FLOATS, dy, dyAt + i)).intoArray(to, start + i);
    }
  }

  /// @param y `tanh x`
  private static void tanh(float[] y, float[] dy, int dyAt, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector value = fromArray(FLOATS, y, i);
      FloatVector slope = broadcast(FLOATS, 1).sub(value.mul(value));
      slope.mul(fromArray(FLOATS, dy, dyAt + i)).intoArray(to, start + i);
    }
  }
}
