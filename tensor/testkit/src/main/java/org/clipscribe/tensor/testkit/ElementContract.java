package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Operations on single elements and on rows of them.
interface ElementContract extends BackendFixture {
  /// Around every vector width, and with every remainder.
  List<Integer> SIZES = List.of(1, 3, 7, 8, 13, 31, 64, 207, 768, 769, 1025);

  private static float[] special() {
    return new float[] {
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      0f,
      -0f,
      1e-30f,
      -1e-30f,
      1e30f,
      -1e30f,
      88f,
      -87f,
      0.5f,
      -0.5f,
      200f,
      -200f,
      Float.MAX_VALUE,
      -Float.MAX_VALUE
    };
  }

  /// How far `f(x) = y` may be off.
  private static double tolerance(Unary f, double y) {
    return switch (f) {
      // No rounding at all.
      case IDENTITY, NEGATE, RELU -> 0;
      // A few roundings of a polynomial; the argument is reduced exactly. Beyond the normal floats
      // a device may flush to zero.
      case EXP, TANH, RECIPROCAL_SQRT -> 8 * ROUNDING * Math.abs(y) + FLUSHED;
      // Near 1 the logarithm vanishes and only the absolute error is small.
      case LOG -> 8 * ROUNDING * Math.max(1, Math.abs(y));
      // The tails come from exponentials of rounded arguments: relative error grows as they
      // vanish, the absolute one stays below a rounding of what they are added to.
      case QUICK_GELU, GELU, GELU_TANH -> 8 * ROUNDING * Math.max(1, Math.abs(y));
    };
  }

  static Oracle.Result mapped(Unary f, float[] x) {
    Oracle.Result result = new Oracle.Result(x.length);
    for (int i = 0; i < x.length; i++) {
      double y = f.apply(x[i]);
      result.values()[i] = y;
      result.bounds()[i] = tolerance(f, y);
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  default void mapsEveryElement(Unary f) {
    double from = f == Unary.LOG || f == Unary.RECIPROCAL_SQRT ? 1e-3 : -12;
    for (int size : SIZES) {
      float[] x = Tensors.random(size, size, from, 12);
      for (Placement place : Placement.values()) {
        mapped(f, x).assertClose(place.put(backend(), x, size).map(f).toArray());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void mapsSmallArgumentsWithSmallRelativeError(Unary f) {
    float[] x = new float[4001];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 2000) * 1e-3f;
    }
    if (f == Unary.RECIPROCAL_SQRT || f == Unary.LOG) {
      x = Tensors.random(1, x.length, 1e-6, 2);
    }
    mapped(f, x).assertClose(Tensor.of(backend(), Shape.of(x.length), x).map(f).toArray());
  }

  @ParameterizedTest
  @EnumSource
  default void mapsNanInfinitiesAndExtremes(Unary f) {
    float[] x = special();
    mapped(f, x).assertClose(Tensor.of(backend(), Shape.of(x.length), x).map(f).toArray());
  }

  @Test
  default void exponentialIsRightOverItsWholeRange() {
    float[] x = new float[20001];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 10000) * 0.0110f; // -110 .. 110: beyond both ends of what is finite and not 0
    }
    mapped(Unary.EXP, x)
        .assertClose(Tensor.of(backend(), Shape.of(x.length), x).map(Unary.EXP).toArray());
  }

  @ParameterizedTest
  @EnumSource
  default void combinesElementByElement(Binary f) {
    for (int size : SIZES) {
      float[] a = Tensors.random(size, 2 * size);
      float[] b = Tensors.random(size + 1, 2 * size, 0.5, 2);
      for (Placement place : Placement.values()) {
        Tensor x = place.put(backend(), a, 2, size);
        zipped(f, a, b).assertClose(x.zip(f, place.put(backend(), b, 2, size)).toArray());
        assertThat(x.toArray()).as("arguments never change").isEqualTo(a);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void repeatsASuffixAlongTheRest(Binary f) {
    for (int size : SIZES) {
      float[] a = Tensors.random(size, 6 * size);
      float[] row = Tensors.random(size + 1, size, 0.5, 2);
      float[] rows = Tensors.random(size + 2, 2 * size, 0.5, 2);
      for (Placement place : Placement.values()) {
        Tensor x = place.put(backend(), a, 3, 2, size);
        zipped(f, a, row).assertClose(x.zip(f, place.put(backend(), row, size)).toArray());
        zipped(f, a, rows).assertClose(x.zip(f, place.put(backend(), rows, 2, size)).toArray());
        Tensor scalar = place.put(backend(), new float[] {0.7f});
        zipped(f, a, new float[] {0.7f}).assertClose(x.zip(f, scalar).toArray());
        zipped(f, a, new float[] {0.7f}).assertClose(backend().zip(f, x, 0.7f).toArray());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void combinesNanInfinitiesAndZeros(Binary f) {
    float[] special = special();
    int count = special.length;
    float[] a = new float[count * count];
    for (int i = 0; i < a.length; i++) {
      a[i] = special[i / count];
    }
    Tensor all = Tensor.of(backend(), Shape.of(count, count), a);
    zipped(f, a, special)
        .assertClose(all.zip(f, Tensor.of(backend(), Shape.of(count), special)).toArray());
    for (float b : special) {
      zipped(f, a, new float[] {b}).assertClose(backend().zip(f, all, b).toArray());
    }
  }

  private static Oracle.Result zipped(Binary f, float[] a, float[] b) {
    Oracle.Result result = new Oracle.Result(a.length);
    for (int i = 0; i < a.length; i++) {
      double y = f.apply(a[i], b[i % b.length]);
      result.values()[i] = y;
      // IEEE arithmetic rounds once; a device may divide with one or two more, and flush.
      result.bounds()[i] =
          switch (f) {
            case ADD, SUBTRACT, MULTIPLY -> ROUNDING * Math.abs(y) + FLUSHED;
            case DIVIDE -> 4 * ROUNDING * Math.abs(y) + FLUSHED;
            case MAXIMUM, AT_LEAST -> 0;
          };
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  default void foldsEveryRow(Reduction f) {
    for (int size : SIZES) {
      float[] x = Tensors.random(size, 3 * size);
      for (Placement place : Placement.values()) {
        Tensor folded = place.put(backend(), x, 3, 1, size).reduce(f);
        assertThat(folded.shape()).isEqualTo(Shape.of(3, 1, 1));
        folded(f, x, size).assertClose(folded.toArray());
      }
    }
  }

  private static Oracle.Result folded(Reduction f, float[] x, int width) {
    Oracle.Result result = new Oracle.Result(x.length / width);
    for (int row = 0; row < result.values().length; row++) {
      double sum = 0;
      double magnitude = 0;
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = row * width; i < (row + 1) * width; i++) {
        sum += x[i];
        magnitude += Math.abs(x[i]);
        largest = Math.max(largest, x[i]);
      }
      int divisor = f == Reduction.MEAN ? width : 1;
      result.values()[row] = f == Reduction.MAXIMUM ? largest : sum / divisor;
      result.bounds()[row] =
          f == Reduction.MAXIMUM ? 0 : BackendFixture.sumError(width) * magnitude / divisor;
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  default void foldsNanAndInfinitiesInEveryPosition(Reduction f) {
    float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -1e30f};
    int width = 37; // two vectors and a remainder at any width but one
    for (float value : odd) {
      float[] x = Tensors.random(9, width * width);
      for (int i = 0; i < width; i++) {
        x[i * width + i] = value;
      }
      folded(f, x, width)
          .assertClose(Tensor.of(backend(), Shape.of(width, width), x).reduce(f).toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64, 207})
  default void expandsTheInnermostAxis(int extent) {
    for (Placement place : Placement.values()) {
      Tensor y =
          backend().expand(place.put(backend(), new float[] {1, 2, Float.NaN}, 3, 1), extent);
      assertThat(y.shape()).isEqualTo(Shape.of(3, extent));
      float[] expected = new float[3 * extent];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = new float[] {1, 2, Float.NaN}[i / extent];
      }
      assertThat(y.toArray()).isEqualTo(expected);
    }
  }

  @Test
  default void emptyTensorsStayEmpty() {
    Tensor none = Tensor.zeros(backend(), 0, 5);
    assertThat(none.map(Unary.EXP).shape()).isEqualTo(Shape.of(0, 5));
    assertThat(none.plus(Tensor.zeros(backend(), 5)).shape()).isEqualTo(Shape.of(0, 5));
    assertThat(none.times(2).shape()).isEqualTo(Shape.of(0, 5));
    assertThat(none.reduce(Reduction.SUM).shape()).isEqualTo(Shape.of(0, 1));
    assertThat(none.softmax().shape()).isEqualTo(Shape.of(0, 5));
    Tensor narrow = Tensor.zeros(backend(), 3, 0);
    assertThat(narrow.map(Unary.GELU).shape()).isEqualTo(Shape.of(3, 0));
    assertThat(narrow.plus(Tensor.zeros(backend(), 0)).shape()).isEqualTo(Shape.of(3, 0));
  }
}
