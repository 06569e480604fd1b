package org.clipscribe.tensor.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.clipscribe.tensor.Backends;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.RowBuffer;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is recorded and kept, and what callers are told. That the gradients are right is tested in
/// the testkit, operation by operation.
class AutogradTest {
  private final Backend backend = Backends.open("reference", 1).backend();
  private final Tensor x = tensor(3, -1);
  private final Tensor w = tensor(2, 0.5f);

  @AfterEach
  void close() {
    backend.close();
  }

  private Tensor tensor(float... values) {
    return Tensor.of(backend, Shape.of(values.length), values);
  }

  private PackedWeight weight(WeightFormat format, float... values) {
    return backend.pack(MatrixSource.of(values.length / 2, 2, values), false, format);
  }

  private static Tensor sum(Tensor y) {
    return y.reshape(1, -1).reduce(Reduction.SUM);
  }

  @Test
  void countsWhatTheTapeKeepsAndNothingElse() {
    // Kept are x, for the gradient of w, and what tanh was given; w is a leaf, the sum needs
    // nothing.
    Supplier<Tensor> loss = () -> sum(x.times(w).map(Unary.TANH).plus(w));
    try (ValueAndGradients result = Autograd.valueAndGradients(Leaves.of(w), loss)) {
      assertThat(result.keptElements()).isEqualTo(4);
    }
  }

  /// The example of `docs/autograd.md`.
  @Test
  void addsUpWhatEveryUseOfALeafContributes() {
    Tensor three = tensor(3);
    Tensor two = tensor(2);
    Supplier<Tensor> loss = () -> three.times(two).map(Unary.TANH).plus(two);
    try (ValueAndGradients result = Autograd.valueAndGradients(Leaves.of(two), loss)) {
      assertThat(result.loss()).isCloseTo(2.99998f, within(1e-5f));
      assertThat(result.gradients().of(two).orElseThrow().toArray()[0])
          .isCloseTo(1.00007f, within(1e-5f));
    }
  }

  @Test
  void writesDownOnlyWhatDependsOnALeaf() {
    Tensor constant = tensor(5, 6);
    List<Tensor> seen = new ArrayList<>();
    Supplier<Tensor> loss =
        () -> {
          seen.add(x.times(constant).map(Unary.TANH));
          seen.add(seen.getFirst().times(w));
          seen.add(seen.get(1).detached().times(3));
          return sum(seen.get(1));
        };
    Autograd.valueAndGradients(Leaves.of(w), loss).close();
    assertThat(seen.get(0).node()).isNull();
    assertThat(seen.get(1).node()).isNotNull();
    assertThat(seen.get(2).node()).isNull();
    assertThat(x.times(w).node()).as("outside").isNull();
  }

  /// Whether the tape holds the elements of an operand, and not just its outline.
  private static boolean kept(Tensor operand) {
    return operand.storage().size() > 0;
  }

  @Test
  void keepsNoElementsThatNoRuleReads() {
    Supplier<Tensor> loss =
        () -> {
          Tensor a = w.map(Unary.TANH);
          Tensor b = w.map(Unary.EXP);
          Op.Zip sum = new Op.Zip(Binary.ADD, a, b);
          assertThat(kept(sum.a()) || kept(sum.b())).isFalse();
          assertThat(sum.a().shape()).isEqualTo(a.shape());
          Op.Zip product = new Op.Zip(Binary.MULTIPLY, a, b);
          assertThat(kept(product.a()) && kept(product.b())).isTrue();
          Op.Zip scaled = new Op.Zip(Binary.MULTIPLY, a, x);
          assertThat(kept(scaled.a())).as("a is read only for the gradient of x").isFalse();
          assertThat(kept(scaled.b())).isTrue();
          assertThat(kept(new Op.Reshape(a).x())).isFalse();
          assertThat(kept(new Op.Slice(a, 0, 1).x())).isFalse();
          assertThat(kept(new Op.Softmax(a, a.softmax()).x())).isFalse();
          assertThat(kept(new Op.Dropout(a, new Dropout(0.5f, 1)).x())).isFalse();
          PackedWeight frozen = weight(WeightFormat.F32, 1, 2, 3, 4);
          assertThat(kept(new Op.Linear(a, frozen, null, null).x())).isFalse();
          assertThat(new Op.Reshape(w).x()).as("leaves are known by identity").isSameAs(w);
          return sum(a.plus(b));
        };
    Autograd.valueAndGradients(Leaves.of(w), loss).close();
  }

  @Test
  void aLeafThatTheLossDoesNotDependOnHasNoGradient() {
    PackedWeight unused = weight(WeightFormat.F32, 1, 2);
    Leaves leaves = new Leaves(List.of(w, x), List.of(unused));
    try (ValueAndGradients result = Autograd.valueAndGradients(leaves, () -> sum(w.times(2)))) {
      assertThat(result.gradients().of(w).orElseThrow().toArray()).containsExactly(2, 2);
      assertThat(result.gradients().of(x)).isEmpty();
      assertThat(result.gradients().of(unused)).isEmpty();
      assertThat(result.gradients().sumOfSquares()).isEqualTo(8);
      Tensor other = tensor(1);
      assertThatThrownBy(() -> result.gradients().of(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("gradients: Tensor[1] is not a leaf");
    }
  }

  @Test
  void gradientsAreScaledAndAddedUpInPlace() {
    PackedWeight weight = weight(WeightFormat.F32, 1, 2, 3, 4);
    Leaves leaves = new Leaves(List.of(w, x), List.of(weight));
    Supplier<Tensor> first = () -> sum(w.plus(w));
    Supplier<Tensor> second = () -> sum(Tensor.rows(backend, weight, 1).plus(x).plus(w));
    try (ValueAndGradients sum = Autograd.valueAndGradients(leaves, first)) {
      Gradients gradients = sum.gradients();
      gradients.addAndClose(Autograd.valueAndGradients(leaves, second).gradients());
      gradients.scale(0.5f);
      assertThat(gradients.of(w).orElseThrow().toArray()).containsExactly(1.5f, 1.5f);
      assertThat(gradients.of(x).orElseThrow().toArray()).containsExactly(0.5f, 0.5f);
      PackedWeight slope = gradients.of(weight).orElseThrow();
      assertThat(backend.rows(slope, new int[] {0, 1}).toArray()).containsExactly(0, 0, 0.5f, 0.5f);
      assertThat(gradients.sumOfSquares()).isEqualTo(2 * (2.25 + 0.25 + 0.25));
    }
  }

  @Test
  void scalingOneGradientLeavesOthersAlone() {
    // Both get the very same gradient from the sum.
    Tensor other = tensor(1, 1);
    try (ValueAndGradients result =
        Autograd.valueAndGradients(Leaves.of(w, other), () -> sum(w.plus(other)))) {
      backend.scale(result.gradients().of(w).orElseThrow(), 5);
      assertThat(result.gradients().of(other).orElseThrow().toArray()).containsExactly(1, 1);
    }
  }

  @Test
  void whatAnotherTapeRecordedIsAConstant() {
    List<Tensor> stale = new ArrayList<>();
    Supplier<Tensor> first =
        () -> {
          stale.add(w.times(2));
          return sum(stale.getFirst());
        };
    Autograd.valueAndGradients(Leaves.of(w), first).close();
    Supplier<Tensor> second = () -> sum(stale.getFirst().times(w));
    try (ValueAndGradients result = Autograd.valueAndGradients(Leaves.of(w), second)) {
      assertThat(result.value().node()).isNull();
      assertThat(result.gradients().of(w).orElseThrow().toArray()).containsExactly(4, 1);
    }
  }

  @Test
  void refusesWhatItCannotDifferentiate() {
    assertThatThrownBy(() -> Autograd.valueAndGradients(Leaves.of(w), () -> w.times(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("autograd: a loss has one element, not [2]");
    assertThatThrownBy(() -> Autograd.valueAndGradients(Leaves.of(w, x, w), () -> sum(w)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("leaves: the same tensor or weight twice");
    PackedWeight reduced = weight(WeightFormat.BF16, 1, 2);
    assertThatThrownBy(() -> new Leaves(List.of(), List.of(reduced)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("leaves: a weight [1, 2] in format BF16; only F32 can be trained");
    Supplier<Tensor> nested = () -> Autograd.valueAndGradients(Leaves.of(x), () -> sum(x)).value();
    assertThatThrownBy(() -> Autograd.valueAndGradients(Leaves.of(w), nested))
        .isInstanceOf(IllegalStateException.class);
    assertThat(Tape.isActive()).isFalse();
  }

  @Test
  void refusesARowBufferThatWouldSwallowGradients() {
    RowBuffer buffer = new RowBuffer(backend, 2, 2);
    Supplier<Tensor> loss = () -> sum(buffer.append(w.times(2)));
    assertThatThrownBy(() -> Autograd.valueAndGradients(Leaves.of(w), loss))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no gradient flows through a buffer");
    assertThat(buffer.append(w).shape()).isEqualTo(Shape.of(1, 2));
  }

  @Test
  void refusesTargetsThatDoNotFit() {
    Tensor logits = Tensor.zeros(backend, 2, 3);
    assertThatThrownBy(() -> logits.crossEntropy(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("crossEntropy: 1 targets for [2, 3]");
    assertThatThrownBy(() -> logits.crossEntropy(1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("crossEntropy: target 3 of 3 classes");
    PackedWeight head = weight(WeightFormat.F32, 1, 2, 3, 4);
    assertThatThrownBy(() -> x.reshape(1, 2).linearCrossEntropy(head, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("linearCrossEntropy: target 2 of 2 classes");
    assertThatThrownBy(() -> logits.linearCrossEntropy(head, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3] into a weight of [2, 2]");
  }
}
