package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShapeTest {
  private static final Shape SHAPE = Shape.of(2, 3, 5);

  @Test
  void countsElementsAndRows() {
    assertThat(SHAPE.size()).isEqualTo(30);
    assertThat(SHAPE.rows()).isEqualTo(6);
    assertThat(Shape.of().size()).isEqualTo(1);
    assertThat(Shape.of().rows()).isEqualTo(1);
    assertThat(Shape.of(4, 0).size()).isZero();
    assertThat(Shape.of(0, 4).rows()).isZero();
  }

  @Test
  void negativeAxesCountFromTheEnd() {
    assertThat(SHAPE.extent(-1)).isEqualTo(5);
    assertThat(SHAPE.extent(-3)).isEqualTo(SHAPE.extent(0)).isEqualTo(2);
    assertThat(SHAPE.with(-2, 7)).isEqualTo(Shape.of(2, 7, 5));
    assertThat(SHAPE.withLast(1)).isEqualTo(Shape.of(2, 3, 1));
  }

  @Test
  void aSuffixIsATrailingPart() {
    assertThat(Shape.of(3, 5).isSuffixOf(SHAPE)).isTrue();
    assertThat(Shape.of().isSuffixOf(SHAPE)).isTrue();
    assertThat(SHAPE.isSuffixOf(SHAPE)).isTrue();
    assertThat(Shape.of(2, 3).isSuffixOf(SHAPE)).isFalse();
    assertThat(Shape.of(1, 2, 3, 5).isSuffixOf(SHAPE)).isFalse();
  }

  @Test
  void isAValue() {
    int[] extents = {2, 3, 5};
    Shape shape = Shape.of(extents);
    extents[0] = 9;
    shape.toArray()[1] = 9;
    assertThat(shape).isEqualTo(SHAPE).hasSameHashCodeAs(SHAPE).hasToString("[2, 3, 5]");
    assertThat(Shape.of(3, 5)).isNotEqualTo(SHAPE);
  }

  @Test
  void refusesWhatNoArrayHolds() {
    assertThatThrownBy(() -> Shape.of(2, -1)).hasMessageContaining("[2, -1]");
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 15)).hasMessageContaining("[65536, 32768]");
    // A product that overflows a long on the way must not come out as small.
    assertThatThrownBy(() -> Shape.of(1 << 30, 1 << 30, 1 << 30))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
