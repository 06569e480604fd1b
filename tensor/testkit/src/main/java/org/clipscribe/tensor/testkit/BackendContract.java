package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What every back-end must do, as tests: the tests of a back-end extend this and open it.
///
/// Each operation is compared with the same formula in double precision on random data of awkward
/// sizes, on tensors with and without an offset, and on NaN, infinities and empty tensors. A
/// tolerance is a number of roundings relative to what is being rounded, so it holds at every size.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract
    implements ElementContract, MovementContract, MatrixContract, RowContract, GradientContract {

  private @Nullable Backend shared;

  /// For subclasses.
  protected BackendContract() {}

  /// Opens the back-end under test.
  ///
  /// @param threads how many threads compute; a device may ignore it
  @Override
  public abstract Backend open(int threads);

  @Override
  public final Backend backend() {
    return Objects.requireNonNull(shared);
  }

  @BeforeAll
  final void openShared() {
    shared = open(2);
  }

  @AfterAll
  final void close() {
    backend().close();
  }

  /// A bit of everything that is spread over threads.
  private static List<float[]> work(Backend backend, long seed) {
    float[] weights = Tensors.random(seed, 300 * 200);
    PackedWeight weight = MatrixContract.pack(backend, weights, 300, 200, WeightFormat.F32);
    Tensor x = Tensors.random(backend, seed + 1, 2, 103, 200);
    Tensor y = x.linear(weight, null, Unary.GELU_TANH, null);
    Tensor one = x.reshape(206, 200).leading(7, 8).linear(weight, null, Unary.IDENTITY, null);
    Tensor attended = y.attention(y, y, 6, AttentionMask.CAUSAL);
    Tensor ones = Tensors.random(backend, seed + 2, 300);
    return List.of(
        y.toArray(),
        one.toArray(),
        attended.toArray(),
        y.softmax().toArray(),
        y.layerNorm(ones, ones, 1e-5f).toArray(),
        y.map(Unary.EXP).times(y).toArray(),
        y.matmulTransposed(y).toArray());
  }

  @Test
  void resultsDoNotDependOnTheNumberOfThreads() {
    List<float[]> expected = work(backend(), 1);
    for (int threads : new int[] {1, 3, 8}) {
      try (Backend other = open(threads)) {
        assertSame(work(other, 1), expected);
      }
    }
  }

  @Test
  void manyThreadsMayUseOneBackEndAtOnce() throws Exception {
    List<List<float[]>> expected =
        IntStream.range(0, 3).mapToObj(seed -> work(backend(), seed)).toList();
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      List<Future<List<float[]>>> runs =
          IntStream.range(0, 12)
              .mapToObj(i -> callers.submit(() -> work(backend(), i % 3)))
              .toList();
      for (int i = 0; i < runs.size(); i++) {
        assertSame(runs.get(i).get(), expected.get(i % 3));
      }
    }
  }

  private static void assertSame(List<float[]> actual, List<float[]> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }
  }

  @Test
  void saysWhatItIs() {
    assertThat(backend().kind()).matches("[a-z]+");
    assertThat(backend().description()).isNotBlank().doesNotContain("\n");
  }
}
