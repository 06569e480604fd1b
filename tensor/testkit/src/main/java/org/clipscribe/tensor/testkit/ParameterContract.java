package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What optimisers do in place, for tensors and for packed weights alike.
interface ParameterContract extends BackendFixture {
  /// Outputs and inputs: within a panel, over its edge, and over parts of 16384 elements.
  static List<int[]> sizes() {
    return List.of(new int[] {1, 1}, new int[] {5, 3}, new int[] {64, 7}, new int[] {131, 300});
  }

  private float[] read(PackedWeight weight) {
    float[] values = new float[weight.outputs() * weight.inputs()];
    backend().unpack(weight, false).read(0, weight.outputs(), values);
    return values;
  }

  private PackedWeight weight(float[] values, int[] size) {
    return MatrixContract.pack(backend(), values, size[0], size[1], WeightFormat.F32);
  }

  private static float[] sum(float[] a, float[] b) {
    float[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.ParameterContract#sizes")
  default void addsScalesAndSumsWeights(int[] size) {
    float[] a = Tensors.random(1, size[0] * size[1]);
    float[] b = Tensors.random(2, a.length);
    PackedWeight target = weight(a, size);
    PackedWeight x = weight(b, size);
    backend().addTo(target, x);
    float[] expected = sum(a, b);
    assertThat(read(target)).isEqualTo(expected);
    assertThat(read(x)).as("only the first argument changes").isEqualTo(b);
    backend().scale(target, 0.25f); // exact
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= 0.25f;
    }
    assertThat(read(target)).isEqualTo(expected);
    assertThat(backend().sumOfSquares(target))
        .isCloseTo(squares(expected), within(1e-12 * a.length));
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  default void addsScalesAndSumsTensors(Placement place) {
    float[] a = Tensors.random(1, 3 * 40_001);
    float[] b = Tensors.random(2, a.length);
    Tensor target = place.put(backend(), a, 3, 40_001);
    Tensor x = place.put(backend(), b, 3, 40_001);
    backend().addTo(target, x);
    float[] expected = sum(a, b);
    assertThat(target.toArray()).isEqualTo(expected);
    assertThat(x.toArray()).isEqualTo(b);
    backend().scale(target, 0.25f);
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= 0.25f;
    }
    assertThat(target.toArray()).isEqualTo(expected);
    assertThat(backend().sumOfSquares(target))
        .isCloseTo(squares(expected), within(1e-12 * a.length));
  }

  @ParameterizedTest
  @EnumSource
  default void addsToPartOfAnAxis(Placement place) {
    for (int axis = 0; axis < 3; axis++) {
      float[] whole = Tensors.random(1, 5 * 4 * 67);
      Shape shape = Shape.of(5, 4, 67);
      Tensor target = place.put(backend(), whole, 5, 4, 67);
      Tensor part = place.random(backend(), 2, shape.with(axis, 2).toArray());
      backend().addToSlice(target, axis, 1, part);
      Tensor original = Tensor.of(backend(), shape, whole);
      int end = shape.extent(axis);
      Tensor expected =
          Tensor.concatenate(
              axis,
              original.slice(axis, 0, 1),
              original.slice(axis, 1, 3).plus(part),
              original.slice(axis, 3, end));
      assertThat(target.toArray()).isEqualTo(expected.toArray());
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.ParameterContract#sizes")
  default void addsRowsInOrder(int[] size) {
    float[] expected = Tensors.random(1, size[0] * size[1]);
    PackedWeight target = weight(expected.clone(), size);
    int[] rows = {0, size[0] - 1, 0, size[0] / 2, 0};
    float[] values = Tensors.random(2, rows.length * size[1]);
    backend()
        .addRows(
            target,
            rows,
            Tensors.asView(Tensor.of(backend(), Shape.of(rows.length, size[1]), values)));
    for (int i = 0; i < values.length; i++) {
      expected[rows[i / size[1]] * size[1] + i % size[1]] += values[i];
    }
    assertThat(read(target)).isEqualTo(expected);
    Tensor one = Tensor.zeros(backend(), 1, size[1]);
    assertThatThrownBy(() -> backend().addRows(target, new int[] {size[0]}, one))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> backend().addRows(target, new int[] {-1}, one))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.ParameterContract#sizes")
  default void unpacksEveryFormatBothWays(int[] size) {
    int outputs = size[0];
    int inputs = size[1];
    float[] values = Tensors.random(1, outputs * inputs);
    for (WeightFormat format : WeightFormat.values()) {
      float[] rounded = Oracle.rounded(values, outputs, inputs, format);
      PackedWeight weight = MatrixContract.pack(backend(), values, outputs, inputs, format);
      assertThat(read(weight)).isEqualTo(rounded);
      float[] turned = new float[values.length];
      int half = inputs / 2;
      MatrixSource source = backend().unpack(weight, true);
      assertThat(source.rows()).isEqualTo(inputs);
      assertThat(source.columns()).isEqualTo(outputs);
      source.read(half, inputs - half, turned);
      for (int k = half; k < inputs; k++) {
        for (int i = 0; i < outputs; i++) {
          assertThat(turned[(k - half) * outputs + i]).isEqualTo(rounded[i * inputs + k]);
        }
      }
    }
  }

  @Test
  default void handsOutZerosAlsoTheSecondTime() {
    PackedWeight like = weight(Tensors.random(1, 131 * 9), new int[] {131, 9});
    for (int round = 0; round < 3; round++) {
      PackedWeight room = backend().zerosLike(like);
      assertThat(room.outputs()).isEqualTo(131);
      assertThat(room.inputs()).isEqualTo(9);
      assertThat(room.format()).isEqualTo(WeightFormat.F32);
      assertThat(read(room)).containsOnly(0);
      backend().addTo(room, like);
      backend().release(room);
    }
    PackedWeight one = backend().zerosLike(like);
    PackedWeight other = backend().zerosLike(like);
    backend().addTo(one, like);
    assertThat(read(other)).containsOnly(0);
  }

  /// Five steps by the definition in double precision, from the same values in float.
  private static double[][] steps(float[] w, List<float[]> gradients, AdamStep settings) {
    double[][] state = new double[3][w.length];
    for (int i = 0; i < w.length; i++) {
      state[0][i] = w[i];
      for (int step = 1; step <= gradients.size(); step++) {
        AdamStep now = numbered(settings, step);
        double slope = gradients.get(step - 1)[i];
        state[1][i] = now.first(state[1][i], slope);
        state[2][i] = now.second(state[2][i], slope);
        state[0][i] = now.parameter(state[0][i], state[1][i], state[2][i]);
      }
    }
    return state;
  }

  private static AdamStep numbered(AdamStep s, int step) {
    return new AdamStep(step, s.learningRate(), s.beta1(), s.beta2(), s.epsilon(), s.decay());
  }

  private static void assertState(float[] actual, double[] expected) {
    double[] bounds = new double[expected.length];
    // A few roundings in each of five steps, of numbers of about 1.
    Arrays.fill(bounds, 60 * ROUNDING);
    TensorAssert.assertWithin(actual, expected, bounds);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.ParameterContract#sizes")
  default void stepsLikeTheDefinition(int[] size) {
    int count = size[0] * size[1];
    float[] w = Tensors.random(1, count);
    List<float[]> gradients =
        List.of(2L, 3L, 4L, 5L, 6L).stream().map(seed -> Tensors.random(seed, count)).toList();
    AdamStep settings = new AdamStep(1, 0.01, 0.9, 0.999, 1e-8, 0.05);
    double[][] expected = steps(w, gradients, settings);
    Backend backend = backend();
    PackedWeight weight = weight(w, size);
    PackedWeight first = backend.zerosLike(weight);
    PackedWeight second = backend.zerosLike(weight);
    Tensor tensor = Placement.VIEW.put(backend, w, count);
    Tensor m = Tensor.zeros(backend, count);
    Tensor v = Tensor.zeros(backend, count);
    for (int step = 1; step <= gradients.size(); step++) {
      float[] slope = gradients.get(step - 1);
      AdamStep now = numbered(settings, step);
      backend.adamW(now, weight, weight(slope, size), first, second);
      backend.adamW(now, tensor, Placement.VIEW.put(backend, slope, count), m, v);
    }
    assertState(read(weight), expected[0]);
    assertState(read(first), expected[1]);
    assertState(read(second), expected[2]);
    assertState(tensor.toArray(), expected[0]);
    assertState(m.toArray(), expected[1]);
    assertState(v.toArray(), expected[2]);
  }

  @Test
  default void aStepWithoutGradientOnlyDecays() {
    int[] size = {70, 5};
    float[] w = Tensors.random(1, 350);
    PackedWeight weight = weight(w, size);
    PackedWeight zeros = backend().zerosLike(weight);
    PackedWeight first = backend().zerosLike(weight);
    PackedWeight second = backend().zerosLike(weight);
    backend().adamW(new AdamStep(1, 0.5, 0.9, 0.999, 1e-8, 0.5), weight, zeros, first, second);
    float[] expected = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      expected[i] = 0.75f * w[i];
    }
    assertThat(read(weight)).isEqualTo(expected);
    assertThat(read(first)).containsOnly(0);
    // What pads a layout must not have become NaN.
    assertThat(backend().sumOfSquares(weight)).isCloseTo(squares(expected), within(1e-9));
    Tensor y = Tensors.random(backend(), 3, 2, 5).linear(weight, null, Unary.IDENTITY, null);
    for (float value : y.toArray()) {
      assertThat(value).isFinite();
    }
  }
}
