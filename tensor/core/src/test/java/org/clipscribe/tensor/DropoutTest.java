package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
  private static final int COUNT = 1 << 16;

  private static boolean[] mask(Dropout dropout) {
    boolean[] mask = new boolean[COUNT];
    for (int i = 0; i < COUNT; i++) {
      mask[i] = dropout.keeps(i);
    }
    return mask;
  }

  /// Computed by other code from the formula. Fixed for ever: a training run that is resumed by a
  /// newer version must go on as it began.
  @Test
  void randomNumbersDoNotChangeBetweenVersions() {
    Dropout dropout = new Dropout(0.5f, 0x0123456789abcdefL);
    assertThat(IntStream.range(0, 4).map(dropout::random))
        .containsExactly(-1094626387, 216058457, 916522569, -922006040);
    assertThat(dropout.at("h").at(3).key()).isEqualTo(5555067871836776118L);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 1L << 32, 0x9e3779b97f4a7c15L})
  void neighboursAreIndependent(long key) {
    boolean[] mask = mask(new Dropout(0.5f, key));
    for (int distance : new int[] {1, 2, 3, 16, 64, 768, 1024}) {
      int equal = 0;
      for (int i = 0; i + distance < COUNT; i++) {
        equal += mask[i] == mask[i + distance] ? 1 : 0;
      }
      // Half of the pairs, within five standard deviations of a fair coin.
      assertThat(Math.abs(equal - (COUNT - distance) / 2.0)).isLessThan(5 * Math.sqrt(COUNT) / 2);
    }
  }

  @Test
  void everyPlaceAndStepDrawsItsOwnMask() {
    Dropout root = new Dropout(0.5f, 7);
    Set<Long> keys = new HashSet<>();
    for (int step = 0; step < 100; step++) {
      for (int layer = 0; layer < 12; layer++) {
        for (String place : new String[] {"attn", "mlp", "probabilities"}) {
          keys.add(root.at(step).at("h").at(layer).at(place).key());
        }
      }
    }
    assertThat(keys).hasSize(100 * 12 * 3);
    boolean[] one = mask(root.at(1).at("mlp"));
    boolean[] other = mask(root.at(2).at("mlp"));
    int equal = (int) IntStream.range(0, COUNT).filter(i -> one[i] == other[i]).count();
    assertThat(Math.abs(equal - COUNT / 2.0)).isLessThan(5 * Math.sqrt(COUNT) / 2);
  }

  @Test
  void noneStaysNoneAndKeepsEverything() {
    assertThat(Dropout.NONE.at("anywhere").at(3)).isSameAs(Dropout.NONE);
    assertThat(Dropout.NONE.factor()).isEqualTo(1);
    assertThat(mask(new Dropout(0, 5))).doesNotContain(false);
  }

  @ParameterizedTest
  @ValueSource(floats = {-0.1f, 1, 2, Float.NaN})
  void refusesWhatIsNoProbability(float probability) {
    assertThatThrownBy(() -> new Dropout(probability, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
