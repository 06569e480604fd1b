package org.clipscribe.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.clipscribe.gpt2.CrossMemory.KeysValues;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.testkit.Tensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CrossMemoryTest {
  private static final int STATES = 4;
  private static final int ROWS = 5;
  private static final int WIDTH = 6;
  private static final int HEADS = 2;

  private static CrossMemory memory(Backend backend) {
    return CrossMemory.of(
        List.of(
            new KeysValues(
                Tensors.random(backend, 1, STATES, ROWS, WIDTH),
                Tensors.random(backend, 2, STATES, ROWS, WIDTH))));
  }

  /// Whatever the order and number of lanes, also where a search has ended and its states are left.
  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void eachLaneSeesItsOwnStates(Backend backend) {
    CrossMemory all = memory(backend);
    KeysValues states = all.layers().getFirst();
    for (int[] looking :
        new int[][] {
          {0, 1, 2, 3},
          {0, 0, 1, 1, 2, 2, 3, 3},
          {0, 0, 0, 1, 3, 3},
          {2},
          {3, 0, 0, 1, 0, 2},
          {1, 1, 2, 2, 2, 3}
        }) {
      CrossMemory memory = all.select(looking);
      Tensor queries = Tensors.random(backend, 3, looking.length, 2, WIDTH);
      Tensor found = memory.attend(0, queries, HEADS, Dropout.NONE);
      assertThat(found.shape()).isEqualTo(queries.shape());
      assertThat(memory.probabilities(0, queries, HEADS).shape())
          .isEqualTo(Shape.of(looking.length, HEADS, 2, ROWS));
      for (int lane = 0; lane < looking.length; lane++) {
        int state = looking[lane];
        float[] alone =
            queries
                .leading(lane, lane + 1)
                .attention(
                    states.keys().leading(state, state + 1),
                    states.values().leading(state, state + 1),
                    HEADS,
                    AttentionMask.NONE)
                .toArray();
        // The kernels may sum in another order when there are more queries.
        assertThat(found.leading(lane, lane + 1).toArray()).containsExactly(alone, within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void branchesOfBranchesStillSeeTheirPicture(Backend backend) {
    assertThat(memory(backend).select(1, 1, 3).select(0, 2, 2, 1).looking())
        .containsExactly(1, 3, 3, 1);
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.TestBackends#all")
  void refusesQueriesOfOtherLanes(Backend backend) {
    CrossMemory memory = memory(backend);
    assertThatThrownBy(
            () -> memory.attend(0, Tensors.random(backend, 3, 2, 1, WIDTH), HEADS, Dropout.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a memory for 4 lanes");
    assertThatThrownBy(() -> new CrossMemory(memory.layers(), new int[] {4}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
