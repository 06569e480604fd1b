package org.clipscribe.tensor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Soft-max, layer normalisation and attention.
interface RowContract extends BackendFixture {
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 13, 31, 64, 207, 768, 769, 1025})
  default void softmaxesEveryRow(int width) {
    float[] x = Tensors.random(width, 5 * width, -30, 30);
    for (Placement place : Placement.values()) {
      Tensor input = place.put(backend(), x, 5, width);
      Oracle.softmax(x, width).assertClose(input.softmax().toArray());
      assertThat(input.toArray()).as("arguments never change").isEqualTo(x);
    }
  }

  @Test
  default void softmaxOfExtremesDoesNotOverflow() {
    float[] x = {1e30f, 0, -1e30f, 1e30f, -3e38f, 3e38f, 0, 0, Float.NEGATIVE_INFINITY, 5, 5, 5};
    float[] y = Tensor.of(backend(), Shape.of(3, 4), x).softmax().toArray();
    float third = 1 / 3f;
    TensorAssert.assertClose(
        y, new float[] {.5f, 0, 0, .5f, 0, 1, 0, 0, 0, third, third, third}, 2 * ROUNDING);
  }

  @Test
  default void softmaxOfANanIsNanInItsRowOnly() {
    float[] x = Tensors.random(1, 3 * 37);
    x[37 + 20] = Float.NaN;
    float[] y = Tensor.of(backend(), Shape.of(3, 37), x).softmax().toArray();
    for (int i = 0; i < y.length; i++) {
      assertThat(Float.isNaN(y[i])).isEqualTo(i / 37 == 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 8, 13, 31, 64, 207, 768, 769, 1025})
  default void normalisesEveryRow(int width) {
    float[] gain = Tensors.random(2, width, 0.5, 2);
    float[] bias = Tensors.random(3, width);
    // Around zero; far from it, where the mean cancels; and constant, where only epsilon is left.
    List<float[]> inputs =
        List.of(
            Tensors.random(1, 5 * width, -3, 3),
            Tensors.random(1, 5 * width, 100, 101),
            new float[5 * width]);
    for (float[] x : inputs) {
      for (Placement place : Placement.values()) {
        Tensor y =
            place
                .put(backend(), x, 5, width)
                .layerNorm(
                    place.put(backend(), gain, width), place.put(backend(), bias, width), 1e-5f);
        Oracle.layerNorm(x, gain, bias, 1e-5f).assertClose(y.toArray());
      }
    }
  }

  @Test
  default void aNanStaysInItsRowOfALayerNorm() {
    float[] x = Tensors.random(1, 3 * 37);
    x[37 + 20] = Float.NaN;
    Tensor ones = Tensor.of(backend(), Shape.of(37), Tensors.random(2, 37, 1, 2));
    float[] y = Tensor.of(backend(), Shape.of(3, 37), x).layerNorm(ones, ones, 1e-5f).toArray();
    for (int i = 0; i < y.length; i++) {
      assertThat(Float.isNaN(y[i])).isEqualTo(i / 37 == 1);
    }
  }

  /// One attention: sizes and mask.
  record Case(Oracle.Heads heads, AttentionMask mask) {
    Case(int batch, int queries, int keys, int heads, int width, AttentionMask mask) {
      this(new Oracle.Heads(batch, queries, keys, heads, width), mask);
    }
  }

  static List<Case> cases() {
    AttentionMask none = AttentionMask.NONE;
    AttentionMask causal = AttentionMask.CAUSAL;
    return List.of(
        new Case(1, 1, 1, 1, 1, none),
        new Case(1, 3, 3, 2, 4, none),
        new Case(2, 7, 13, 3, 8, none),
        new Case(1, 50, 50, 12, 64, none),
        new Case(1, 257, 257, 2, 64, none),
        new Case(3, 31, 31, 1, 13, none),
        new Case(1, 8, 64, 2, 80, none),
        new Case(1, 64, 8, 1, 128, none),
        new Case(1, 8, 8, 2, 16, causal),
        new Case(2, 77, 77, 2, 64, causal),
        // Decoding over a cache: the queries are the last of the sequence.
        new Case(1, 1, 13, 12, 64, causal),
        new Case(2, 1, 207, 3, 31, causal),
        new Case(2, 3, 31, 2, 7, causal),
        new Case(1, 5, 1025, 1, 8, causal),
        new Case(1, 20, 64, 2, 24, causal),
        // Sequences of different lengths in one batch.
        new Case(2, 13, 31, 2, 8, new AttentionMask(false, new int[] {5, 31})),
        new Case(3, 1, 65, 2, 16, new AttentionMask(false, new int[] {64, 1, 65})),
        new Case(2, 9, 9, 3, 12, new AttentionMask(true, new int[] {4, 9})),
        new Case(2, 2, 9, 3, 12, new AttentionMask(true, new int[] {4, 9})));
  }

  @ParameterizedTest
  @MethodSource("org.clipscribe.tensor.testkit.RowContract#cases")
  default void attends(Case c) {
    Oracle.Heads heads = c.heads();
    int width = heads.columns();
    float[] q = Tensors.random(1, heads.batch() * heads.queries() * width, -2, 2);
    float[] k = Tensors.random(2, heads.batch() * heads.keys() * width, -2, 2);
    float[] v = Tensors.random(3, heads.batch() * heads.keys() * width);
    for (Placement place : Placement.values()) {
      Tensor queries = place.put(backend(), q, heads.batch(), heads.queries(), width);
      Tensor keys = place.put(backend(), k, heads.batch(), heads.keys(), width);
      Tensor values = place.put(backend(), v, heads.batch(), heads.keys(), width);
      Tensor y = queries.attention(keys, values, heads.count(), c.mask());
      assertThat(y.shape()).isEqualTo(queries.shape());
      Oracle.attention(q, k, v, heads, c.mask()).assertClose(y.toArray());
      Tensor p = queries.attentionProbabilities(keys, heads.count(), c.mask());
      assertThat(p.shape())
          .isEqualTo(Shape.of(heads.batch(), heads.count(), heads.queries(), heads.keys()));
      Oracle.probabilities(q, k, heads, c.mask()).assertClose(p.toArray());
    }
  }

  @Test
  default void largeScoresDoNotOverflow() {
    // Scores of 1e10: every query attends to one key alone.
    float[] q = {1e5f, 0, 0, 1e5f};
    Tensor x = Tensor.of(backend(), Shape.of(2, 2), q);
    Tensor values = Tensor.of(backend(), Shape.of(2, 2), 1, 2, 3, 4);
    assertThat(x.attention(x, values, 1, AttentionMask.NONE).toArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  default void aNanQueryPoisonsItsOwnRowAndHeadOnly() {
    for (int queries : new int[] {2, 13}) {
      float[] x = Tensors.random(1, queries * 16);
      x[16 + 3] = Float.NaN;
      Tensor q = Tensor.of(backend(), Shape.of(queries, 16), x);
      Tensor k = Tensors.random(backend(), 2, queries, 16);
      float[] y = q.attention(k, k, 2, AttentionMask.NONE).toArray();
      for (int i = 0; i < y.length; i++) {
        assertThat(Float.isNaN(y[i])).isEqualTo(i >= 16 && i < 24);
      }
    }
  }

  @Test
  default void attentionOfNothingIsNothing() {
    Tensor none = Tensor.zeros(backend(), 0, 3, 8);
    assertThat(none.attention(none, none, 2, AttentionMask.CAUSAL).shape())
        .isEqualTo(Shape.of(0, 3, 8));
    Tensor keys = Tensor.zeros(backend(), 3, 8);
    assertThat(keys.leading(0, 0).attention(keys, keys, 2, AttentionMask.CAUSAL).shape())
        .isEqualTo(Shape.of(0, 8));
  }
}
