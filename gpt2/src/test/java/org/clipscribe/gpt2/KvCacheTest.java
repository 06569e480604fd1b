package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.clipscribe.tensor.testkit.TensorAssert.assertClose;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Several sequences in the lanes of one cache, against each of them in a cache of its own.
class KvCacheTest {
  /// Rows are the same whatever is beside them on our own back-ends, which a test of the captioner
  /// holds them to; a device may sum in another order, which is 1e-7 of these values.
  private static final double TOLERANCE = 1e-6;

  /// Three sequences with nothing in common.
  private static final int[][] TOKENS = {
    {3, 1, 4, 1, 5, 9, 2, 6}, {271, 82, 81, 8, 28, 45, 90, 45}, {0, 57, 72, 156, 64, 90, 15, 319}
  };

  private final Golden golden = new Golden("gpt2-tiny");

  private Gpt2 model(Backend backend) {
    return golden.model(backend, (source, config) -> Gpt2.of(source.at("transformer"), config));
  }

  @AfterEach
  void close() {
    golden.close();
  }

  /// Positions `from .. to` of some of the sequences, `[B, T, C]`.
  private static Tensor rows(Gpt2 model, Backend backend, int from, int to, int... sequences) {
    int[] tokens =
        Arrays.stream(sequences).flatMap(i -> Arrays.stream(TOKENS[i], from, to)).toArray();
    return model
        .embed(backend, tokens)
        .reshape(sequences.length, to - from, -1)
        .plus(model.positions(backend, from, to - from));
  }

  /// Hidden states `[8, C]` of a sequence alone, without a cache.
  private static Tensor alone(Gpt2 model, Backend backend, int sequence) {
    return model.forward(rows(model, backend, 0, 8, sequence), Pass.PLAIN).reshape(8, -1);
  }

  /// Asserts positions `from .. to` of the lanes to be those of these sequences.
  private static void assertLanes(
      Tensor hidden, Gpt2 model, Backend backend, int from, int to, int... sequences) {
    assertThat(hidden.shape())
        .isEqualTo(Shape.of(sequences.length, to - from, model.config().width()));
    for (int lane = 0; lane < sequences.length; lane++) {
      Tensor expected = alone(model, backend, sequences[lane]).leading(from, to);
      assertClose(
          hidden.leading(lane, lane + 1).reshape(expected.shape()), expected.toArray(), TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void continuesEveryLaneAsIfItWereAlone(Backend backend) {
    Gpt2 model = model(backend);
    KvCache cache = model.newCache(backend, 3, 8);
    // Many positions at once, few, and one by one, which kernels treat differently.
    for (int[] part : new int[][] {{0, 5}, {5, 7}, {7, 8}}) {
      Tensor hidden =
          model.forward(rows(model, backend, part[0], part[1], 0, 1, 2), Pass.over(cache));
      assertLanes(hidden, model, backend, part[0], part[1], 0, 1, 2);
      assertThat(cache.size()).isEqualTo(part[1]);
    }
    assertThat(cache.lanes()).isEqualTo(3);
    assertThat(cache.capacity()).isEqualTo(8);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void leavesOutReordersAndBranchesLanes(Backend backend) {
    Gpt2 model = model(backend);
    int[][] choices = {
      {1}, {0, 2}, {2, 0, 1}, {1, 1}, {2, 0, 0, 1, 2}, {0, 1, 2}, {0, 0, 2}, {2, 1, 2}, {1, 1, 1}
    };
    for (int[] chosen : choices) {
      KvCache cache = model.newCache(backend, 3, 8);
      model.forward(rows(model, backend, 0, 5, 0, 1, 2), Pass.over(cache));
      cache.select(chosen);
      assertThat(cache.lanes()).isEqualTo(chosen.length);
      assertThat(cache.size()).isEqualTo(5);
      for (int at = 5; at < 8; at++) {
        Tensor hidden = model.forward(rows(model, backend, at, at + 1, chosen), Pass.over(cache));
        assertLanes(hidden, model, backend, at, at + 1, chosen);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void choosesAmongWhatWasChosenBefore(Backend backend) {
    Gpt2 model = model(backend);
    KvCache cache = model.newCache(backend, 3, 8);
    model.forward(rows(model, backend, 0, 3, 0, 1, 2), Pass.over(cache));
    cache.select(2, 1); // sequences 2 and 1
    model.forward(rows(model, backend, 3, 6, 2, 1), Pass.over(cache));
    cache.select(1, 0, 1); // sequences 1, 2 and 1
    Tensor hidden = model.forward(rows(model, backend, 6, 8, 1, 2, 1), Pass.over(cache));
    assertLanes(hidden, model, backend, 6, 8, 1, 2, 1);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void branchesOfOneLaneGoTheirOwnWays(Backend backend) {
    Gpt2 model = model(backend);
    KvCache cache = model.newCache(backend, 8);
    Tensor start = rows(model, backend, 0, 4, 0);
    model.forward(start, Pass.over(cache));
    cache.select(0, 0);
    Tensor continued = rows(model, backend, 4, 8, 1, 2);
    Tensor hidden = model.forward(continued, Pass.over(cache));
    for (int lane = 0; lane < 2; lane++) {
      Tensor whole = Tensor.concatenate(1, start, continued.leading(lane, lane + 1));
      Tensor expected = model.forward(whole, Pass.PLAIN).reshape(8, -1).leading(4, 8);
      assertClose(
          hidden.leading(lane, lane + 1).reshape(expected.shape()), expected.toArray(), TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void choosesLanesOfAnEmptyCache(Backend backend) {
    Gpt2 model = model(backend);
    KvCache cache = model.newCache(backend, 3, 8);
    cache.select(2, 1);
    assertThat(cache.size()).isZero();
    Tensor hidden = model.forward(rows(model, backend, 0, 8, 2, 1), Pass.over(cache));
    assertLanes(hidden, model, backend, 0, 8, 2, 1);
  }

  /// `inspect` shows them lane by lane, like those of a batch without a cache.
  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void showsProbabilitiesOfEachLane(Backend backend) {
    Gpt2 model = model(backend);
    String stage = "h.1.attn.probabilities";
    Map<String, Tensor> plain = new HashMap<>();
    Tensor rows = rows(model, backend, 0, 8, 0, 1, 2);
    model.forward(rows, new Pass(null, Probe.into(plain::put)));
    Map<String, Tensor> cached = new HashMap<>();
    model.forward(rows, new Pass(model.newCache(backend, 3, 8), Probe.into(cached::put)));
    Tensor expected = Objects.requireNonNull(plain.get(stage));
    Tensor actual = Objects.requireNonNull(cached.get(stage));
    assertThat(actual.shape()).isEqualTo(Shape.of(3, model.config().heads(), 8, 8));
    assertThat(actual.shape()).isEqualTo(expected.shape());
    assertClose(actual, expected.toArray(), TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void refusesOtherShapesAndLanesThatAreNotThere(Backend backend) {
    Gpt2 model = model(backend);
    KvCache cache = model.newCache(backend, 2, 4);
    int width = model.config().width();
    for (int[] shape : new int[][] {{3, 1, width}, {2, width}, {1, width}, {2, 1, width - 1}}) {
      Tensor rows = Tensor.zeros(backend, shape);
      assertThatThrownBy(() -> model.forward(rows, Pass.over(cache)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("with a cache for [2, T, 48]");
    }
    assertThat(cache.size()).as("after refusals").isZero();
    for (int[] chosen : new int[][] {{2}, {-1}, {0, 1, 2}, {}}) {
      assertThatThrownBy(() -> cache.select(chosen)).isInstanceOf(IllegalArgumentException.class);
      assertThat(cache.lanes()).as("after refusals").isEqualTo(2);
    }
    assertThatThrownBy(() -> model.newCache(backend, 0, 4))
        .isInstanceOf(IllegalArgumentException.class);
    model.forward(rows(model, backend, 0, 4, 0, 1), Pass.over(cache));
    assertThatThrownBy(() -> model.forward(rows(model, backend, 4, 5, 0, 1), Pass.over(cache)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 of 4 rows");
  }
}
