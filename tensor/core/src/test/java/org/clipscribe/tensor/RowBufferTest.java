package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RowBufferTest {
  private final Backend backend = Backends.open("reference", 1).backend();

  @AfterEach
  void close() {
    backend.close();
  }

  private Tensor rows(int count, float value) {
    float[] values = new float[2 * count];
    Arrays.fill(values, value);
    return Tensor.of(backend, Shape.of(count, 2), values);
  }

  @Test
  void whatWasHandedOutStaysWhatItWas() {
    RowBuffer buffer = new RowBuffer(backend, 4, 2);
    Tensor first = buffer.append(rows(1, 1));
    Tensor all = buffer.append(rows(3, 2));
    assertThat(first.toArray()).containsExactly(1, 1);
    assertThat(all.toArray()).containsExactly(1, 1, 2, 2, 2, 2, 2, 2);
    assertThat(buffer.size()).isEqualTo(4);
  }

  @Test
  void copiesAPartOfEachRowOntoAnother() {
    RowBuffer buffer = new RowBuffer(backend, 3, 4);
    buffer.append(Tensor.of(backend, Shape.of(2, 4), 1, 2, 3, 4, 5, 6, 7, 8));
    buffer.copyWithinRows(0, 2, 2);
    assertThat(buffer.rows().toArray()).containsExactly(1, 2, 1, 2, 5, 6, 5, 6);
    buffer.copyWithinRows(3, 0, 1);
    assertThat(buffer.rows().toArray()).containsExactly(2, 2, 1, 2, 6, 6, 5, 6);
    for (int[] wrong : new int[][] {{0, 1, 2}, {0, 3, 2}, {-1, 2, 1}, {3, 0, 2}}) {
      assertThatThrownBy(() -> buffer.copyWithinRows(wrong[0], wrong[1], wrong[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rows of 4");
    }
  }

  @Test
  void growsUpToItsCapacity() {
    RowBuffer buffer = new RowBuffer(backend, 200, 2);
    Tensor first = buffer.append(rows(1, 1));
    for (int i = 2; i <= 200; i++) {
      float[] all = buffer.append(rows(1, i)).toArray();
      assertThat(all).hasSize(2 * i);
      assertThat(all[0]).isEqualTo(1);
      assertThat(all[2 * i - 1]).isEqualTo(i);
    }
    assertThat(first.toArray()).containsExactly(1, 1);
    assertThatThrownBy(() -> buffer.append(rows(1, 2))).hasMessageContaining("200 of 200 rows");
  }

  @Test
  void refusesMoreThanItHoldsAndOtherWidths() {
    RowBuffer buffer = new RowBuffer(backend, 2, 2);
    buffer.append(rows(1, 1));
    assertThatThrownBy(() -> buffer.append(rows(2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 2] to 1 of 2 rows of 2");
    assertThatThrownBy(() -> buffer.append(Tensor.zeros(backend, 1, 3)))
        .hasMessageContaining("[1, 3]");
    assertThat(buffer.size()).as("a refused append changes nothing").isEqualTo(1);
  }
}
