package org.clipscribe.captioner.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffledOrderTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 16, 17, 63, 64, 65, 1000, 158_914})
  void namesEachNumberOnce(int size) {
    ShuffledOrder order = new ShuffledOrder(7, 3, size);
    BitSet seen = new BitSet();
    for (int position = 0; position < size; position++) {
      seen.set(order.at(position));
    }
    assertThat(seen.cardinality()).isEqualTo(size);
    assertThat(seen.length()).isEqualTo(size);
  }

  @Test
  void isAnotherOneForEachSeedAndEachEpoch() {
    int[] order = order(1, 0, 100);
    assertThat(order).isNotEqualTo(order(2, 0, 100)).isNotEqualTo(order(1, 1, 100));
    assertThat(order).isEqualTo(order(1, 0, 100));
  }

  /// Checkpoints hold a position in this order: it must stay.
  @Test
  void neverChanges() {
    assertThat(order(42, 0, 10)).containsExactly(5, 0, 4, 2, 1, 8, 3, 6, 7, 9);
    assertThat(order(42, 1, 10)).containsExactly(7, 3, 1, 5, 9, 2, 0, 4, 6, 8);
  }

  /// Over many epochs each sample comes first about as often as any other. 8000 draws over 8
  /// places: 1000 each, with a standard deviation of 30; 150 is five of them.
  @Test
  void favoursNobody() {
    int[] count = new int[8];
    for (int epoch = 0; epoch < 8000; epoch++) {
      count[new ShuffledOrder(5, epoch, 8).at(0)]++;
    }
    assertThat(Arrays.stream(count).boxed())
        .allSatisfy(often -> assertThat(often).isBetween(850, 1150));
  }

  /// A shuffled order leaves next to no neighbours together: one pair is expected to stay, for
  /// each direction.
  @Test
  void separatesNeighbours() {
    int[] order = order(9, 0, 10_000);
    long together =
        IntStream.range(1, order.length)
            .filter(i -> Math.abs(order[i] - order[i - 1]) == 1)
            .count();
    // Poisson with mean 2: more than 12 has a chance below one in a million.
    assertThat(together).isLessThan(13);
  }

  @Test
  void refusesWhatIsNotThere() {
    assertThatThrownBy(() -> new ShuffledOrder(1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    ShuffledOrder order = new ShuffledOrder(1, 0, 3);
    assertThatThrownBy(() -> order.at(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> order.at(-1)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static int[] order(long seed, long epoch, int size) {
    ShuffledOrder order = new ShuffledOrder(seed, epoch, size);
    return IntStream.range(0, size).map(order::at).toArray();
  }
}
