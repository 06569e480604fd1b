package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Products with activations and with packed weights.
interface MatrixContract extends BackendFixture {
  /// The functions that layers apply.
  List<Unary> ACTIVATIONS =
      List.of(
          Unary.IDENTITY,
          Unary.NEGATE,
          Unary.TANH,
          Unary.RELU,
          Unary.QUICK_GELU,
          Unary.GELU,
          Unary.GELU_TANH);

  /// `[rows, inputs]` to `[rows, outputs]`.
  record Sizes(int rows, int inputs, int outputs) {}

  /// One row and many; inputs on both sides of blocks of 1024; outputs on both sides of panels of
  /// 64.
  static List<Sizes> sizes() {
    return List.of(
        new Sizes(1, 1, 1),
        new Sizes(1, 3, 7),
        new Sizes(1, 768, 769),
        new Sizes(1, 1025, 130),
        new Sizes(1, 3072, 64),
        new Sizes(2, 13, 65),
        new Sizes(3, 7, 8),
        new Sizes(4, 8, 128),
        new Sizes(5, 1024, 63),
        new Sizes(6, 2050, 129),
        new Sizes(7, 13, 31),
        new Sizes(8, 64, 64),
        new Sizes(13, 31, 207),
        new Sizes(31, 769, 64),
        new Sizes(64, 768, 207),
        new Sizes(207, 64, 13),
        new Sizes(257, 8, 3),
        new Sizes(11, 207, 1025));
  }

  static PackedWeight pack(
      Backend backend, float[] weights, int outputs, int inputs, WeightFormat format) {
    return backend.pack(MatrixSource.of(outputs, inputs, weights), false, format);
  }

  /// The same from the transposed matrix `[inputs, outputs]`.
  static PackedWeight packTransposed(
      Backend backend, float[] weights, int outputs, int inputs, WeightFormat format) {
    float[] turned = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      turned[i % inputs * outputs + i / inputs] = weights[i];
    }
    return backend.pack(MatrixSource.of(inputs, outputs, turned), true, format);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.MatrixContract#sizes")
  default void multipliesByWeightsInEveryFormat(Sizes sizes) {
    int inputs = sizes.inputs();
    int outputs = sizes.outputs();
    float[] x = Tensors.random(1, sizes.rows() * inputs);
    float[] weights = Tensors.random(2, outputs * inputs);
    for (WeightFormat format : WeightFormat.values()) {
      Oracle.Result expected =
          Oracle.matmul(
              x,
              Oracle.rounded(weights, outputs, inputs, format),
              sizes.rows(),
              inputs,
              outputs,
              true);
      PackedWeight straight = pack(backend(), weights, outputs, inputs, format);
      PackedWeight turned = packTransposed(backend(), weights, outputs, inputs, format);
      for (PackedWeight weight : List.of(straight, turned)) {
        assertThat(weight.outputs()).isEqualTo(outputs);
        assertThat(weight.inputs()).isEqualTo(inputs);
        assertThat(weight.format()).isEqualTo(format);
        for (Placement place : Placement.values()) {
          Tensor y = backend().linear(place.put(backend(), x, 1, sizes.rows(), inputs), weight);
          assertThat(y.shape()).isEqualTo(Shape.of(1, sizes.rows(), outputs));
          expected.assertClose(y.toArray());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void readsRowsBack(WeightFormat format) {
    for (int inputs : new int[] {1, 13, 64, 769}) {
      int outputs = 131;
      float[] weights = Tensors.random(inputs, outputs * inputs);
      float[] rounded = Oracle.rounded(weights, outputs, inputs, format);
      int[] rows = {0, 130, 64, 63, 7, 7};
      float[] expected = new float[rows.length * inputs];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(rounded, rows[i] * inputs, expected, i * inputs, inputs);
      }
      for (PackedWeight weight :
          List.of(
              pack(backend(), weights, outputs, inputs, format),
              packTransposed(backend(), weights, outputs, inputs, format))) {
        Tensor read = backend().rows(weight, rows);
        assertThat(read.shape()).isEqualTo(Shape.of(rows.length, inputs));
        assertThat(read.toArray()).isEqualTo(expected);
        assertThat(backend().rows(weight, new int[0]).shape()).isEqualTo(Shape.of(0, inputs));
      }
    }
  }

  @Test
  default void refusesRowsThatAreNotThere() {
    PackedWeight weight = pack(backend(), new float[6], 3, 2, WeightFormat.F32);
    assertThatThrownBy(() -> backend().rows(weight, new int[] {0, 3}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> backend().rows(weight, new int[] {-1}))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  default void roundsHalfWayWeightsToEvenInBfloat16() {
    // 1 + n/256: every odd n is half way between two numbers of 8 bits.
    float[] weights = new float[64];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (i % 2 == 0 ? 1 : -1) * (1 + i / 256f);
    }
    float[] read =
        backend().rows(pack(backend(), weights, 1, 64, WeightFormat.BF16), new int[] {0}).toArray();
    assertThat(read).isEqualTo(Oracle.rounded(weights, 1, 64, WeightFormat.BF16));
    assertThat(read).contains(1f, -1f, -1.015625f).doesNotContain(-1 - 1 / 256f);
  }

  @ParameterizedTest
  @EnumSource
  default void keepsZeroAndExtremeWeights(WeightFormat format) {
    float[] weights = new float[3 * 70];
    weights[70] = 1e30f;
    weights[71] = -1e30f;
    weights[140] = 1e-30f;
    PackedWeight weight = pack(backend(), weights, 3, 70, format);
    assertThat(backend().rows(weight, new int[] {0, 1, 2}).toArray())
        .isEqualTo(Oracle.rounded(weights, 3, 70, format));
  }

  /// A layer with every part: what is added, and what is applied.
  @ParameterizedTest
  @EnumSource
  default void fusesBiasActivationAndResidual(WeightFormat format) {
    for (Sizes sizes : List.of(new Sizes(1, 64, 130), new Sizes(8, 1100, 70))) {
      float[] weights = Tensors.random(2, sizes.outputs() * sizes.inputs());
      PackedWeight weight = pack(backend(), weights, sizes.outputs(), sizes.inputs(), format);
      float[] rounded = Oracle.rounded(weights, sizes.outputs(), sizes.inputs(), format);
      float[] x = Tensors.random(1, sizes.rows() * sizes.inputs());
      Oracle.Result product =
          Oracle.matmul(x, rounded, sizes.rows(), sizes.inputs(), sizes.outputs(), true);
      float[] bias = Tensors.random(3, sizes.outputs());
      float[] residual = Tensors.random(4, sizes.rows() * sizes.outputs());
      for (Placement place : Placement.values()) {
        Tensor input = place.put(backend(), x, sizes.rows(), sizes.inputs());
        Tensor b = place.put(backend(), bias, sizes.outputs());
        Tensor r = place.put(backend(), residual, sizes.rows(), sizes.outputs());
        for (Unary f : ACTIVATIONS) {
          layer(product, null, f, null).assertClose(input.linear(weight, null, f, null).toArray());
          layer(product, bias, f, null).assertClose(input.linear(weight, b, f, null).toArray());
          layer(product, null, f, residual).assertClose(input.linear(weight, null, f, r).toArray());
          layer(product, bias, f, residual).assertClose(input.linear(weight, b, f, r).toArray());
        }
        assertThat(r.toArray()).as("arguments never change").isEqualTo(residual);
      }
    }
  }

  private static Oracle.Result layer(
      Oracle.Result product, float @Nullable [] bias, Unary f, float @Nullable [] residual) {
    Oracle.Result result = new Oracle.Result(product.values().length);
    for (int i = 0; i < result.values().length; i++) {
      double z = product.values()[i] + (bias == null ? 0 : bias[i % bias.length]);
      double error = product.bounds()[i] + ROUNDING * Math.abs(z);
      double y = f.apply(z);
      // What the error of the argument does to the value, and the error of the function itself.
      double steep = Math.max(Math.abs(f.apply(z + error) - y), Math.abs(f.apply(z - error) - y));
      result.values()[i] = y + (residual == null ? 0 : residual[i]);
      result.bounds()[i] = steep + 8 * ROUNDING * Math.max(1, Math.abs(y) + 1);
    }
    return result;
  }

  @ParameterizedTest
  @EnumSource
  default void aNanOrInfinityStaysInItsRow(WeightFormat format) {
    float[] weights = Tensors.random(2, 70 * 40, 0.1, 1);
    PackedWeight weight = pack(backend(), weights, 70, 40, format);
    for (int rows : new int[] {1, 4, 5, 6, 13}) {
      for (int odd = 0; odd < rows; odd++) {
        float[] x = Tensors.random(1, rows * 40);
        float[] clean =
            backend().linear(Tensor.of(backend(), Shape.of(rows, 40), x), weight).toArray();
        x[odd * 40 + 17] = rows % 2 == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
        float[] y = backend().linear(Tensor.of(backend(), Shape.of(rows, 40), x), weight).toArray();
        for (int i = 0; i < y.length; i++) {
          clean[i] = i / 70 == odd ? x[odd * 40 + 17] : clean[i];
        }
        assertThat(y).isEqualTo(clean);
      }
    }
  }

  @Test
  default void multipliesNothingToNothing() {
    for (WeightFormat format : WeightFormat.values()) {
      PackedWeight weight = pack(backend(), new float[12], 4, 3, format);
      Tensor bias = Tensor.zeros(backend(), 4);
      Tensor y = Tensor.zeros(backend(), 0, 3).linear(weight, bias, Unary.GELU, null);
      assertThat(y.shape()).isEqualTo(Shape.of(0, 4));
    }
    float[] sums = Tensor.zeros(backend(), 2, 0).matmul(Tensor.zeros(backend(), 0, 3)).toArray();
    assertThat(sums).containsExactly(0, 0, 0, 0, 0, 0);
    assertThat(Tensor.zeros(backend(), 0, 3).matmul(Tensor.zeros(backend(), 3, 2)).shape())
        .isEqualTo(Shape.of(0, 2));
    assertThat(Tensor.zeros(backend(), 2, 3).matmul(Tensor.zeros(backend(), 3, 0)).shape())
        .isEqualTo(Shape.of(2, 0));
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.MatrixContract#sizes")
  default void multipliesMatrices(Sizes sizes) {
    int m = sizes.rows();
    int k = sizes.inputs();
    int n = sizes.outputs();
    float[] a = Tensors.random(1, m * k);
    float[] b = Tensors.random(2, k * n);
    for (Placement place : Placement.values()) {
      Tensor left = place.put(backend(), a, m, k);
      Oracle.matmul(a, b, m, k, n, false)
          .assertClose(left.matmul(place.put(backend(), b, k, n)).toArray());
      Oracle.matmul(a, b, m, k, n, true)
          .assertClose(left.matmulTransposed(place.put(backend(), b, n, k)).toArray());
    }
  }

  @Test
  default void multipliesEveryMatrixOfABatch() {
    int m = 7;
    int k = 13;
    int n = 66;
    for (Placement place : Placement.values()) {
      Tensor a = place.random(backend(), 1, 2, 3, m, k);
      Tensor b = place.random(backend(), 2, 2, 3, k, n);
      Tensor turned = b.permute(0, 1, 3, 2);
      float[] product = a.matmul(b).toArray();
      float[] other = a.matmulTransposed(turned).toArray();
      for (int i = 0; i < 6; i++) {
        float[] left = a.reshape(6, m, k).leading(i, i + 1).toArray();
        float[] right = b.reshape(6, k, n).leading(i, i + 1).toArray();
        Oracle.Result expected = Oracle.matmul(left, right, m, k, n, false);
        expected.assertClose(Arrays.copyOfRange(product, i * m * n, (i + 1) * m * n));
        expected.assertClose(Arrays.copyOfRange(other, i * m * n, (i + 1) * m * n));
      }
    }
  }
}
