package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttentionMaskTest {
  private static int[] visible(AttentionMask mask, int batch, int queries, int keys) {
    return IntStream.range(0, queries).map(i -> mask.visible(batch, i, queries, keys)).toArray();
  }

  @Test
  void causalQueriesAreTheLastOfTheSequence() {
    assertThat(visible(AttentionMask.CAUSAL, 0, 3, 3)).containsExactly(1, 2, 3);
    assertThat(visible(AttentionMask.CAUSAL, 0, 2, 5)).containsExactly(4, 5);
    assertThat(visible(AttentionMask.NONE, 0, 2, 5)).containsExactly(5, 5);
  }

  @Test
  void lengthsHoldForTheirBatchEntry() {
    int[] lengths = {2, 5};
    assertThat(visible(new AttentionMask(false, lengths), 0, 2, 5)).containsExactly(2, 2);
    assertThat(visible(new AttentionMask(false, lengths), 1, 2, 5)).containsExactly(5, 5);
    assertThat(visible(new AttentionMask(true, lengths), 0, 5, 5)).containsExactly(1, 2, 2, 2, 2);
  }
}
