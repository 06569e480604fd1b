package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Storage;
import org.junit.jupiter.api.Test;

/// Memory and operations that only move elements: all of them are exact.
interface MovementContract extends BackendFixture {
  @Test
  default void allocatesZerosAndCopiesRanges() {
    Storage storage = backend().allocate(10);
    backend().upload(new float[] {1, 2, 3, 4}, 1, storage, 5, 2);
    backend().copy(storage, 5, storage, 0, 2);
    float[] host = new float[12];
    backend().download(storage, 0, host, 1, 10);
    assertThat(host).containsExactly(0, 2, 3, 0, 0, 0, 2, 3, 0, 0, 0, 0);
  }

  @Test
  default void permutesAxes() {
    int[][] orders = {{0, 1, 2, 3}, {0, 2, 1, 3}, {3, 2, 1, 0}, {1, 0, 3, 2}, {2, 3, 0, 1}};
    int[] extents = {2, 3, 5, 7};
    float[] x = Tensors.random(1, 210);
    for (int[] order : orders) {
      for (Placement place : Placement.values()) {
        Tensor y = place.put(backend(), x, extents).permute(order);
        float[] values = y.toArray();
        float[] expected = new float[values.length];
        int[] at = new int[4];
        for (int i = 0; i < values.length; i++) {
          int rest = i;
          for (int axis = 3; axis >= 0; axis--) {
            at[order[axis]] = rest % y.shape().extent(axis);
            rest /= y.shape().extent(axis);
          }
          int source = ((at[0] * 3 + at[1]) * 5 + at[2]) * 7 + at[3];
          expected[i] = x[source];
        }
        assertThat(values).isEqualTo(expected);
      }
    }
  }

  @Test
  default void transposesMatricesOfAwkwardSizes() {
    for (int columns : new int[] {1, 3, 31, 64, 207}) {
      float[] x = Tensors.random(columns, 13 * columns);
      float[] y = Placement.VIEW.put(backend(), x, 13, columns).permute(1, 0).toArray();
      float[] back = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        back[i] = y[i % columns * 13 + i / columns];
      }
      assertThat(back).isEqualTo(x);
    }
  }

  @Test
  default void concatenatesAndSlicesBackAlongEveryAxis() {
    for (int axis = 0; axis < 3; axis++) {
      for (Placement place : Placement.values()) {
        int[] extents = {2, 3, 5};
        Tensor a = place.random(backend(), 1, extents);
        extents[axis] = 4;
        Tensor b = place.random(backend(), 2, extents);
        extents[axis] = 0;
        Tensor nothing = place.random(backend(), 3, extents);
        Tensor all = Tensor.concatenate(axis, a, nothing, b);
        int cut = a.shape().extent(axis);
        assertThat(all.shape()).isEqualTo(a.shape().with(axis, cut + 4));
        assertThat(all.slice(axis, 0, cut).toArray()).isEqualTo(a.toArray());
        assertThat(all.slice(axis, cut, cut + 4).toArray()).isEqualTo(b.toArray());
        assertThat(all.slice(axis, cut, cut).shape().size()).isZero();
      }
    }
  }

  @Test
  default void slicesWhereTheyAre() {
    float[] x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    Tensor middle = Placement.VIEW.put(backend(), x, 3, 4).slice(1, 1, 3);
    assertThat(middle.toArray()).containsExactly(1, 2, 5, 6, 9, 10);
    assertThat(middle.shape()).isEqualTo(Shape.of(3, 2));
  }

  @Test
  default void selectsEntriesInTheOrderAskedFor() {
    float[] x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    for (Placement place : Placement.values()) {
      Tensor table = place.put(backend(), x, 3, 2, 2);
      assertThat(table.select(0, 2, 0, 2).toArray())
          .containsExactly(8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
      assertThat(table.select(1, 1).toArray()).containsExactly(2, 3, 6, 7, 10, 11);
      assertThat(table.select(1, 1, 0).shape()).isEqualTo(Shape.of(3, 2, 2));
      assertThatThrownBy(() -> table.select(1, 2)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> table.select(1, -1)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> table.select(1)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void masksWhatAQueryDoesNotSee() {
    int[] shape = {2, 2, 3, 5};
    float[] scores = Tensors.random(4, 60);
    for (AttentionMask mask :
        new AttentionMask[] {
          AttentionMask.NONE,
          AttentionMask.CAUSAL,
          new AttentionMask(false, new int[] {2, 5}),
          new AttentionMask(true, new int[] {4, 1})
        }) {
      for (Placement place : Placement.values()) {
        Tensor x = place.put(backend(), scores, shape);
        float[] masked = backend().mask(x, mask).toArray();
        float[] expected = scores.clone();
        for (int i = 0; i < masked.length; i++) {
          boolean visible = i % 5 < mask.visible(i / 30, i / 5 % 3, 3, 5);
          expected[i] = visible ? scores[i] : Float.NEGATIVE_INFINITY;
        }
        assertThat(masked).isEqualTo(expected);
        assertThat(x.toArray()).as("arguments never change").isEqualTo(scores);
      }
    }
  }
}
