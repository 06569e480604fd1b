package org.clipscribe.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a tensor does itself: views, checks, and messages that name both sides. The operations are
/// tested by the back-end contract.
class TensorTest {
  private final Backend backend = Backends.open("reference", 1).backend();
  private final Tensor x = tensor(2, 3);

  @AfterEach
  void close() {
    backend.close();
  }

  /// Elements 0, 1, 2, ...
  private Tensor tensor(int... extents) {
    Shape shape = Shape.of(extents);
    float[] values = new float[shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(backend, shape, values);
  }

  @Test
  void copiesWhatItIsMadeOf() {
    float[] values = {1, 2};
    Tensor copy = Tensor.of(backend, Shape.of(2), values);
    values[0] = 9;
    copy.toArray()[1] = 9;
    assertThat(copy.toArray()).containsExactly(1, 2);
    assertThat(Tensor.zeros(backend, 2, 1).toArray()).containsExactly(0, 0);
  }

  @Test
  void reshapesWithOneOpenExtent() {
    assertThat(x.reshape(3, -1).shape()).isEqualTo(Shape.of(3, 2));
    assertThat(x.reshape(-1).toArray()).isEqualTo(x.toArray());
    assertThat(x.reshape(6).storage()).isSameAs(x.storage());
    assertRefused(() -> x.reshape(4, -1), "reshape: [2, 3] does not divide into [4, -1]");
    assertRefused(() -> x.reshape(5), "reshape: [2, 3] has not the size of [5]");
    assertRefused(() -> x.reshape(-1, -1), "[-1, -1]");
    assertRefused(() -> x.reshape(0, -1), "reshape: [2, 3] does not divide into [0, -1]");
  }

  @Test
  void leadingEntriesAreViews() {
    Tensor last = x.leading(1, 2);
    assertThat(last.toArray()).containsExactly(3, 4, 5);
    assertThat(last.storage()).isSameAs(x.storage());
    assertThat(last.leading(0, 0).shape()).isEqualTo(Shape.of(0, 3));
    assertRefused(() -> x.leading(1, 3), "leading: 1..3 of [2, 3]");
    assertRefused(() -> x.leading(2, 1), "leading: 2..1 of [2, 3]");
  }

  @Test
  void slicesSplitsAndJoins() {
    assertThat(x.slice(-1, 1, 3).toArray()).containsExactly(1, 2, 4, 5);
    List<Tensor> parts = x.split(1, 3);
    assertThat(parts).extracting(Tensor::toArray).contains(new float[] {1, 4});
    Tensor joined = Tensor.concatenate(-1, parts.get(0), parts.get(1), parts.get(2));
    assertThat(joined.toArray()).isEqualTo(x.toArray());
    assertRefused(() -> x.slice(2, 0, 1), "slice: 0..1 of axis 2 of [2, 3]");
    assertRefused(() -> x.slice(1, 0, 4), "slice: 0..4 of axis 1 of [2, 3]");
    assertRefused(() -> x.split(1, 2), "split: axis 1 of [2, 3] into 2");
    assertRefused(
        () -> Tensor.concatenate(0, x, tensor(2, 4)),
        "concatenate: [2, 3] and [2, 4] along axis 0");
  }

  @Test
  void refusesShapesThatDoNotFitAndNamesThem() {
    assertRefused(() -> Tensor.of(backend, Shape.of(3), 1, 2), "2 values for shape [3]");
    assertRefused(() -> x.plus(tensor(2)), "ADD: [2, 3] does not end in [2]");
    assertRefused(() -> x.matmul(tensor(2, 3)), "matmul: [2, 3] does not multiply [2, 3]");
    assertRefused(
        () -> x.matmulTransposed(tensor(3, 2)),
        "matmul: [2, 3] does not multiply [3, 2] transposed");
    assertRefused(
        () -> tensor(2, 2, 2).matmul(tensor(3, 2, 2)), "[2, 2, 2] does not multiply [3, 2, 2]");
    assertRefused(() -> x.permute(0, 0), "permute: [0, 0] of [2, 3]");
    assertRefused(() -> x.permute(0), "permute: [0] of [2, 3]");
    assertRefused(() -> tensor(2, 0).reduce(Reduction.MEAN), "MEAN: nothing to fold in [2, 0]");
    assertRefused(() -> tensor().softmax(), "softmax: of a scalar");
    assertRefused(
        () -> x.layerNorm(tensor(3), tensor(2), 1e-5f),
        "layerNorm: [2, 3] with gain [3] and bias [2]");
  }

  @Test
  void refusesLayersThatDoNotFit() {
    PackedWeight weight =
        backend.pack(MatrixSource.of(4, 3, new float[12]), false, WeightFormat.F32);
    assertThat(x.linear(weight, null, Unary.RELU, null).shape()).isEqualTo(Shape.of(2, 4));
    assertRefused(
        () -> tensor(2, 4).linear(weight, null, Unary.RELU, null),
        "linear: [2, 4] into a weight of [4, 3]");
    assertRefused(
        () -> x.linear(weight, tensor(3), Unary.RELU, null), "linear: bias Tensor[3] for [2, 4]");
    assertRefused(
        () -> x.linear(weight, null, Unary.RELU, x), "linear: residual Tensor[2, 3] for [2, 4]");
  }

  @Test
  void refusesAttentionThatDoesNotFit() {
    Tensor q = tensor(5, 6);
    Tensor k = tensor(7, 6);
    assertThat(q.attention(k, k, 2, AttentionMask.NONE).shape()).isEqualTo(q.shape());
    assertRefused(
        () -> q.attention(k, tensor(8, 6), 2, AttentionMask.NONE),
        "attention: queries [5, 6], keys [7, 6], values [8, 6], 2 heads");
    assertRefused(() -> q.attention(k, k, 4, AttentionMask.NONE), "4 heads");
    assertRefused(() -> k.attention(q, q, 2, AttentionMask.CAUSAL), "the first would see none");
    assertRefused(() -> q.attention(k, k, 0, AttentionMask.NONE), "0 heads");
    assertRefused(
        () -> tensor(2, 5, 6).attention(tensor(3, 7, 6), tensor(3, 7, 6), 2, AttentionMask.NONE),
        "queries [2, 5, 6], keys [3, 7, 6]");
  }

  @Test
  void argMaxTakesTheFirstOfEqualsAndNanBeforeAll() {
    float nan = Float.NaN;
    float[] rows = {1, 3, 3, 5, nan, 9, nan, nan, 0, -2, -1, -3};
    assertThat(Tensor.of(backend, Shape.of(4, 3), rows).argMax()).containsExactly(1, 1, 0, 1);
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
