package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.COUNT;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.Unary;

/// The functions of one element, in loops over arrays.
///
/// Whatever needs an exponential makes three passes over a chunk: its argument into a scratch
/// array, the exponential in place, the rest. That costs less than a tenth of a nanosecond an
/// element, and no vector is ever handed to a method that C2 might have decided not to inline,
/// where it would become an object.
///
/// Polynomials are minimax fits of our own (weighted least squares, reweighted until the errors are
/// level) of the relative error; each states the largest error of the fit, before rounding.
final class Functions {
  /// Elements of a chunk; a kilobyte stays in the first-level cache.
  private static final int CHUNK = 256;

  private static final float LOG2_E = 1.442695f;

  /// ln 2 in two parts; the first has so few bits that its product with an exponent is exact.
  private static final float LN2_HIGH = 355 / 512f;

  private static final float LN2_LOW = -2.1219444e-4f;

  /// 1.5 * 2^23: adding it rounds to an integer, which then stands in the lowest bits.
  private static final float ROUNDER = 12582912f;

  /// `e^x` is 0 below and infinite above.
  private static final float LOWEST = -105;

  private static final float HIGHEST = 89;

  private final float[] scratch = new float[CHUNK];
  private final float[] rest = new float[COUNT];

  /// `to[i] = f(from[i])` for `count` elements; `to` may be `from`.
  ///
  /// What does not fill a vector is padded to one, so that a result does not depend on where in an
  /// array the element stood.
  void map(Unary f, float[] from, int at, float[] to, int start, int count) {
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += CHUNK) {
      mapVectors(f, from, at + i, to, start + i, Math.min(CHUNK, bound - i));
    }
    if (bound < count) {
      System.arraycopy(from, at + bound, rest, 0, count - bound);
      mapVectors(f, rest, 0, rest, 0, COUNT);
      System.arraycopy(rest, 0, to, start + bound, count - bound);
    }
  }

  /// A method for each loop: what C2 inlines into one method is limited.
  private void mapVectors(Unary f, float[] from, int at, float[] to, int start, int count) {
    switch (f) {
      case IDENTITY -> System.arraycopy(from, at, to, start, count);
      case NEGATE -> negate(from, at, to, start, count);
      case EXP -> exp(from, at, to, start, count);
      case LOG -> log(from, at, to, start, count);
      case RECIPROCAL_SQRT -> reciprocalSqrt(from, at, to, start, count);
      case RELU -> relu(from, at, to, start, count);
      case TANH -> {
        tanhExponent(from, at, scratch, count);
        exp(scratch, 0, scratch, 0, count);
        tanh(from, at, scratch, to, start, count);
      }
      case QUICK_GELU -> {
        quickGeluExponent(from, at, scratch, count);
        exp(scratch, 0, scratch, 0, count);
        gate(from, at, scratch, to, start, count);
      }
      case GELU_TANH -> {
        geluTanhExponent(from, at, scratch, count);
        exp(scratch, 0, scratch, 0, count);
        gate(from, at, scratch, to, start, count);
      }
      case GELU -> {
        geluExponent(from, at, scratch, count);
        exp(scratch, 0, scratch, 0, count);
        normalShare(from, at, scratch, scratch, count);
        multiply(from, at, scratch, to, start, count);
      }
    }
  }

  private static void negate(float[] from, int at, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      fromArray(FLOATS, from, at + i).neg().intoArray(to, start + i);
    }
  }

  /// `e^x`, also where the result is subnormal, infinite or NaN. With `x = n ln 2 + r`: `e^x = 2^n
  /// e^r`, `e^r = 1 + r + r^2 p(r)` with `|r| <= ln 2 / 2`; error of the fit 3e-9.
  ///
  /// @param count a multiple of the lanes
  static void exp(float[] from, int at, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = fromArray(FLOATS, from, at + i);
      // Comparisons instead of min and max: NaN passes through, at half the instructions.
      x = x.blend(LOWEST, x.compare(VectorOperators.LT, LOWEST));
      x = x.blend(HIGHEST, x.compare(VectorOperators.GT, HIGHEST));
      FloatVector rounded = x.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, ROUNDER));
      FloatVector n = rounded.sub(ROUNDER);
      FloatVector r = n.fma(broadcast(FLOATS, -LN2_HIGH), x);
      r = n.fma(broadcast(FLOATS, -LN2_LOW), r);
      FloatVector p = broadcast(FLOATS, 1.3814615e-3f).fma(r, broadcast(FLOATS, 8.36871e-3f));
      p = p.fma(r, broadcast(FLOATS, 0.04166839f));
      p = p.fma(r, broadcast(FLOATS, 0.16666521f));
      p = p.fma(r, broadcast(FLOATS, 0.49999994f));
      p = p.fma(r, broadcast(FLOATS, 1)).fma(r, broadcast(FLOATS, 1));
      // In two steps, because 2^n itself may be no float where the product is one.
      IntVector exponent = rounded.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
      IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = exponent.sub(half);
      FloatVector first = half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector second = rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      p.mul(first).mul(second).intoArray(to, start + i);
    }
  }

  /// Element by element: only losses take logarithms, of one element a row.
  private static void log(float[] from, int at, float[] to, int start, int count) {
    for (int i = 0; i < count; i++) {
      to[start + i] = (float) Math.log(from[at + i]);
    }
  }

  private static void reciprocalSqrt(float[] from, int at, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      broadcast(FLOATS, 1).div(fromArray(FLOATS, from, at + i).sqrt()).intoArray(to, start + i);
    }
  }

  private static void relu(float[] from, int at, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = fromArray(FLOATS, from, at + i);
      // Not max(x, 0), which would cost more instructions for zeros of both signs.
      x.blend(0, x.compare(VectorOperators.LT, 0)).intoArray(to, start + i);
    }
  }

  static void quickGeluExponent(float[] from, int at, float[] to, int count) {
    for (int i = 0; i < count; i += COUNT) {
      fromArray(FLOATS, from, at + i).mul(-1.702f).intoArray(to, i);
    }
  }

  /// `(1 + tanh u) / 2` is `1 / (1 + e^(-2u))`, with `u = sqrt(2/pi) (x + 0.044715 x^3)`.
  static void geluTanhExponent(float[] from, int at, float[] to, int count) {
    float linear = (float) (-2 * Math.sqrt(2 / Math.PI));
    float cubic = 0.044715f * linear;
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = fromArray(FLOATS, from, at + i);
      x.mul(x.mul(x).fma(broadcast(FLOATS, cubic), broadcast(FLOATS, linear))).intoArray(to, i);
    }
  }

  /// `x / (1 + e)`
  private static void gate(float[] x, int at, float[] e, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      fromArray(FLOATS, x, at + i).div(fromArray(FLOATS, e, i).add(1)).intoArray(to, start + i);
    }
  }

  private static void tanhExponent(float[] from, int at, float[] to, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector magnitude = fromArray(FLOATS, from, at + i).abs();
      magnitude.add(magnitude).intoArray(to, i);
    }
  }

  /// Near zero `x + x^3 p(x^2)`, error of the fit 5e-9; further out `1 - 2 / (1 + e^(2|x|))` with
  /// the sign of `x`, which would cancel near zero.
  private static void tanh(float[] from, int at, float[] e, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = fromArray(FLOATS, from, at + i);
      FloatVector far =
          broadcast(FLOATS, 1).sub(broadcast(FLOATS, 2).div(fromArray(FLOATS, e, i).add(1)));
      FloatVector z = x.mul(x);
      FloatVector p = broadcast(FLOATS, -5.648316e-3f).fma(z, broadcast(FLOATS, 0.020589827f));
      p = p.fma(z, broadcast(FLOATS, -0.053725127f));
      p = p.fma(z, broadcast(FLOATS, 0.13331275f));
      p = p.fma(z, broadcast(FLOATS, -0.33333275f));
      FloatVector magnitude = x.abs();
      FloatVector near = p.mul(z).fma(magnitude, magnitude);
      FloatVector unsigned = far.blend(near, magnitude.compare(VectorOperators.LT, 0.625f));
      unsigned.blend(unsigned.neg(), x.compare(VectorOperators.LT, 0)).intoArray(to, start + i);
    }
  }

  static void geluExponent(float[] from, int at, float[] to, int count) {
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = fromArray(FLOATS, from, at + i);
      x.mul(x).mul(-0.5f).intoArray(to, i);
    }
  }

  /// The share of the normal distribution below `x`, which is `erfc(|x| / sqrt 2) / 2` or what is
  /// left of 1. `erfc(z) = t e^(-z^2) p(t)` with `t = 1 / (1 + 0.35 z)`; error of the fit 7e-9.
  ///
  /// @param e `e^(-x²/2)`; may be `to`
  static void normalShare(float[] from, int at, float[] e, float[] to, int count) {
    float slope = (float) (0.35 * Math.sqrt(0.5));
    for (int i = 0; i < count; i += COUNT) {
      FloatVector x = fromArray(FLOATS, from, at + i);
      FloatVector t =
          broadcast(FLOATS, 1).div(x.abs().fma(broadcast(FLOATS, slope), broadcast(FLOATS, 1)));
      FloatVector p = broadcast(FLOATS, 0.03840108f).fma(t, broadcast(FLOATS, -0.15892841f));
      p = p.fma(t, broadcast(FLOATS, 0.18146148f));
      p = p.fma(t, broadcast(FLOATS, -0.02770595f));
      p = p.fma(t, broadcast(FLOATS, 0.087018974f));
      p = p.fma(t, broadcast(FLOATS, 0.1460421f));
      p = p.fma(t, broadcast(FLOATS, 0.15118621f));
      p = p.fma(t, broadcast(FLOATS, 0.1879024f));
      p = p.fma(t, broadcast(FLOATS, 0.19713835f));
      p = p.fma(t, broadcast(FLOATS, 0.19748378f));
      FloatVector outside = p.mul(t).mul(0.5f).mul(fromArray(FLOATS, e, i));
      outside
          .blend(broadcast(FLOATS, 1).sub(outside), x.compare(VectorOperators.GT, 0))
          .intoArray(to, i);
    }
  }

  private static void multiply(float[] x, int at, float[] y, float[] to, int start, int count) {
    for (int i = 0; i < count; i += COUNT) {
      fromArray(FLOATS, x, at + i).mul(fromArray(FLOATS, y, i)).intoArray(to, start + i);
    }
  }
}
