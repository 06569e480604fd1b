package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.autograd.Autograd;
import org.clipscribe.tensor.autograd.Gradients;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.ValueAndGradients;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Gradients, which are compared with those of the [DoubleBackend].
interface GradientContract extends BackendFixture {
  /// Relative to the largest element of a gradient, or to 1: rounded a few dozen times on the way,
  /// in sums of up to some hundred terms of which many cancel. 5e-6 was seen; a forgotten term is
  /// off by 1e-2 and more.
  double TOLERANCE = 1e-5;

  static List<GradientCase> cases() {
    return GradientCases.all();
  }

  /// Loss and gradients, row-major; leaves without a gradient give an empty array.
  private static List<float[]> results(GradientCase c, Backend backend, int n) {
    GradientCase.Problem problem = c.on(backend, n);
    Leaves leaves = problem.leaves();
    List<float[]> results = new ArrayList<>();
    try (ValueAndGradients result = Autograd.valueAndGradients(leaves, problem.loss())) {
      Gradients gradients = result.gradients();
      results.add(result.value().toArray());
      for (Tensor leaf : leaves.tensors()) {
        results.add(gradients.of(leaf).map(Tensor::toArray).orElse(new float[0]));
      }
      Function<PackedWeight, float[]> unpacked =
          w -> {
            float[] values = new float[w.outputs() * w.inputs()];
            backend.unpack(w, false).read(0, w.outputs(), values);
            return values;
          };
      for (PackedWeight leaf : leaves.weights()) {
        results.add(gradients.of(leaf).map(unpacked).orElse(new float[0]));
      }
    }
    return results;
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.GradientContract#cases")
  default void differentiatesLikeDoublePrecision(GradientCase c) {
    for (int n : new int[] {7, 67}) {
      List<float[]> expected = results(c, new DoubleBackend(), n);
      List<float[]> actual = results(c, backend(), n);
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) {
        TensorAssert.assertClose(actual.get(i), expected.get(i), TOLERANCE);
      }
    }
  }

  /// Through a weight that is not trained, in whatever format, with more outputs than are unpacked
  /// at a time.
  @ParameterizedTest
  @EnumSource
  default void handsGradientsThroughAFrozenWeight(WeightFormat format) {
    int outputs = 1025;
    int inputs = 13;
    float[] matrix = Tensors.random(4, outputs * inputs);
    PackedWeight weight = backend().pack(MatrixSource.of(outputs, inputs, matrix), false, format);
    // Rounded to the format.
    float[] kept = backend().rows(weight, IntStream.range(0, outputs).toArray()).toArray();
    float[] dy = Tensors.random(5, 3 * outputs);
    float[] expected = new float[3 * inputs];
    for (int i = 0; i < expected.length; i++) {
      double sum = 0;
      for (int o = 0; o < outputs; o++) {
        sum += (double) dy[i / inputs * outputs + o] * kept[o * inputs + i % inputs];
      }
      expected[i] = (float) sum;
    }
    Tensor dx =
        backend().linearBackwardInput(Tensor.of(backend(), Shape.of(3, outputs), dy), weight);
    TensorAssert.assertClose(dx, expected, TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource
  default void multipliesByTheDerivative(Unary f) {
    double from = f == Unary.LOG || f == Unary.RECIPROCAL_SQRT ? 1e-2 : -40;
    for (int size : ElementContract.SIZES) {
      float[] x = Tensors.random(size, size, from, 40);
      x[0] = Math.min(x[0], 1e-2f); // where the derivative is largest, or turns
      if (f == Unary.EXP) {
        x = Tensors.random(size, size, -40, 5); // of a size that a bound can be relative to
      }
      float[] dy = Tensors.random(size + 1, size);
      double[] expected = new double[size];
      double[] bounds = new double[size];
      for (int i = 0; i < size; i++) {
        expected[i] = f.derivative(x[i]) * dy[i];
        // The logistic function and its argument are rounded a few times each, and multiplied by
        // an argument that is at most 10 where they are not 0 or 1.
        bounds[i] = 64 * ROUNDING * Math.max(1, Math.abs(expected[i]));
      }
      for (Placement place : Placement.values()) {
        Tensor slope = place.put(backend(), dy, size);
        Tensor dx = backend().mapBackward(f, place.put(backend(), x, size), slope);
        TensorAssert.assertWithin(dx.toArray(), expected, bounds);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.5f, 0.9f})
  default void dropsTheSameElementsEverywhere(float probability) {
    int size = 10_007;
    float[] x = Tensors.random(1, size, 1, 2);
    for (long key : new long[] {0, -1, 0x123456789abcdefL}) {
      Dropout dropout = new Dropout(probability, key);
      float[] expected = new float[size];
      int kept = 0;
      for (int i = 0; i < size; i++) {
        expected[i] = dropout.keeps(i) ? x[i] * dropout.factor() : 0;
        kept += dropout.keeps(i) ? 1 : 0;
      }
      // Four standard deviations: a share that is off, not an unlucky one, since keys are fixed.
      double deviation = Math.sqrt(size * probability * (1 - probability));
      assertThat((double) kept).isCloseTo(size * (1 - probability), within(4 * deviation));
      for (Placement place : Placement.values()) {
        Tensor y = place.put(backend(), x, size).dropout(dropout);
        // A back-end may divide instead of multiplying by the factor.
        TensorAssert.assertClose(y.toArray(), expected, 0, 4 * ROUNDING);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  default void gradientsDoNotDependOnTheNumberOfThreads(int threads) {
    try (Backend other = open(threads)) {
      for (GradientCase c : cases()) {
        List<float[]> expected = results(c, backend(), 67);
        List<float[]> actual = results(c, other, 67);
        for (int i = 0; i < expected.size(); i++) {
          assertThat(actual.get(i)).as("%s, result %d", c, i).isEqualTo(expected.get(i));
        }
      }
    }
  }

  @Test
  default void aLossWithoutTargetsIsZeroAndSoAreItsGradients() {
    Tensor x = Tensors.random(backend(), 1, 3, 5);
    Leaves leaves = Leaves.of(x);
    int none = Tensor.IGNORED;
    try (ValueAndGradients result =
        Autograd.valueAndGradients(leaves, () -> x.crossEntropy(none, none, none))) {
      assertThat(result.loss()).isZero();
      assertThat(result.gradients().of(x).orElseThrow().toArray()).containsOnly(0);
    }
    PackedWeight weight =
        MatrixContract.pack(backend(), Tensors.random(2, 35), 7, 5, WeightFormat.F32);
    Leaves both = new Leaves(List.of(x), List.of(weight));
    try (ValueAndGradients result =
        Autograd.valueAndGradients(both, () -> x.linearCrossEntropy(weight, none, none, none))) {
      assertThat(result.loss()).isZero();
      assertThat(result.gradients().of(x).orElseThrow().toArray()).containsOnly(0);
      assertThat(result.gradients().sumOfSquares()).isZero();
    }
  }

  @Test
  default void aTokenThatIsRuledOutCostsNothing() {
    float no = Float.NEGATIVE_INFINITY;
    Tensor x = Tensor.of(backend(), Shape.of(2, 3), 1, no, 1, 2, no, no);
    try (ValueAndGradients result =
        Autograd.valueAndGradients(Leaves.of(x), () -> x.crossEntropy(2, 0))) {
      assertThat(result.loss()).isCloseTo((float) Math.log(2) / 2, within(1e-6f));
      TensorAssert.assertClose(
          result.gradients().of(x).orElseThrow(), new float[] {0.25f, 0, -0.25f, 0, 0, 0}, 1e-6);
    }
  }
}
