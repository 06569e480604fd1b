package org.clipscribe.tensor.autograd;

import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.AttentionGradients;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.LayerNormGradients;

/// The chain rule, one operation at a time: from the gradient `dy` of a result (the derivative of
/// the loss in each of its elements) to the gradients of its inputs.
///
/// [GradientSink#add] evaluates a rule only if its input depends on a leaf, and adds up what comes
/// from several uses of one input. An operation without a rule does not compile.
final class GradientRules {
  private GradientRules() {}

  static void propagate(Op op, Tensor dy, GradientSink to) {
    Backend backend = dy.backend();
    switch (op) {
      case Op.Map(var f, var x) -> to.add(x, () -> map(f, x, dy));
      case Op.Zip zip -> zip(zip, dy, to);
      case Op.ZipNumber(var f, var x, var b) ->
          to.add(
              x,
              () ->
                  switch (f) {
                    case ADD, SUBTRACT -> dy;
                    case MULTIPLY -> dy.times(b);
                    case DIVIDE -> dy.zip(Binary.DIVIDE, b);
                    case MAXIMUM -> dy.times(x.zip(Binary.AT_LEAST, b));
                    case AT_LEAST -> dy.times(0);
                  });
      case Op.Reduce(var f, var x, var y) -> to.add(x, () -> reduce(f, x, y, dy));
      case Op.Expand(var x) -> to.add(x, () -> dy.reduce(Reduction.SUM));
      case Op.Matmul(var a, var b, var transposed) -> {
        to.add(a, () -> transposed ? dy.matmul(b) : dy.matmulTransposed(b));
        to.add(b, () -> transposed ? flip(dy).matmul(a) : flip(a).matmul(dy));
      }
      case Op.Reshape(var x) -> to.add(x, () -> dy.reshape(x.shape()));
      case Op.Permute(var x, var order) -> to.add(x, () -> dy.permute(inverse(order)));
      case Op.Slice(var x, var axis, var from) -> to.addSlice(x, axis, from, dy);
      case Op.Concatenate(var axis, var parts) -> {
        int from = 0;
        for (Tensor part : parts) {
          int start = from;
          int end = start + part.shape().extent(axis);
          to.add(part, () -> dy.slice(axis, start, end));
          from = end;
        }
      }
      case Op.Linear(var x, var weight, var bias, var residual) -> {
        to.add(x, () -> backend.linearBackwardInput(dy, weight));
        to.add(weight, backend, sum -> backend.linearBackwardWeight(x, dy, sum));
        to.add(bias, () -> sum(dy, Shape.of(weight.outputs())));
        to.add(residual, () -> dy);
      }
      case Op.Rows(var weight, var rows) ->
          to.add(weight, backend, sum -> backend.addRows(sum, rows, dy));
      case Op.Softmax(var x, var y) -> to.add(x, () -> backend.softmaxBackward(y, dy));
      case Op.LayerNorm(var x, var gain, var bias, var epsilon) -> {
        LayerNormGradients gradients = backend.layerNormBackward(x, gain, epsilon, dy);
        to.add(x, gradients::x);
        to.add(gain, gradients::gain);
        to.add(bias, gradients::bias);
      }
      case Op.Attention(var q, var k, var v, var heads, var mask, var dropout) -> {
        AttentionGradients gradients = backend.attentionBackward(q, k, v, heads, mask, dropout, dy);
        to.add(q, gradients::q);
        to.add(k, gradients::k);
        to.add(v, gradients::v);
      }
      case Op.Dropout(var x, var dropout) -> to.add(x, () -> dy.dropout(dropout));
      case Op.CrossEntropy(var logits, var targets) ->
          to.add(logits, () -> backend.crossEntropyBackward(logits, targets, dy));
      case Op.LinearCrossEntropy loss -> scale(loss, dy, to);
    }
  }

  private static Tensor map(Unary f, Tensor x, Tensor dy) {
    if (f == Unary.IDENTITY) {
      return dy;
    }
    return f == Unary.NEGATE ? dy.times(-1) : dy.backend().mapBackward(f, x, dy);
  }

  private static void zip(Op.Zip op, Tensor dy, GradientSink to) {
    Tensor a = op.a();
    Tensor b = op.b();
    switch (op.f()) {
      case ADD -> {
        to.add(a, () -> dy);
        to.add(b, () -> sum(dy, b.shape()));
      }
      case SUBTRACT -> {
        to.add(a, () -> dy);
        to.add(b, () -> sum(dy.times(-1), b.shape()));
      }
      case MULTIPLY -> {
        to.add(a, () -> dy.times(b));
        to.add(b, () -> sum(dy.times(a), b.shape()));
      }
      case DIVIDE -> {
        to.add(a, () -> dy.zip(Binary.DIVIDE, b));
        // -a / b²
        to.add(b, () -> sum(dy.times(a).zip(Binary.DIVIDE, b.times(b)).times(-1), b.shape()));
      }
      case MAXIMUM -> {
        Tensor first = a.zip(Binary.AT_LEAST, b); // of equals, the first
        to.add(a, () -> dy.times(first));
        to.add(b, () -> sum(dy.minus(dy.times(first)), b.shape()));
      }
      case AT_LEAST -> {} // constant wherever it has a derivative
    }
  }

  /// What was repeated along leading axes has an effect in each place.
  private static Tensor sum(Tensor dy, Shape suffix) {
    return dy.shape().equals(suffix) ? dy : dy.backend().sumLeading(dy, suffix);
  }

  private static Tensor reduce(Reduction f, Tensor x, Tensor y, Tensor dy) {
    int width = x.shape().last();
    return switch (f) {
      case SUM -> dy.expand(width);
      case MEAN -> dy.times(1f / width).expand(width);
      case MAXIMUM -> {
        Tensor winners = x.zip(Binary.AT_LEAST, y.expand(width)); // equals share
        Tensor share = dy.zip(Binary.DIVIDE, winners.reduce(Reduction.SUM));
        yield winners.times(share.expand(width));
      }
    };
  }

  /// Exchanges the last two axes.
  private static Tensor flip(Tensor x) {
    int rank = x.shape().rank();
    int[] order = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      order[axis] = axis < rank - 2 ? axis : 2 * rank - 3 - axis;
    }
    return x.permute(order);
  }

  private static int[] inverse(int[] order) {
    int[] inverse = new int[order.length];
    for (int axis = 0; axis < inverse.length; axis++) {
      inverse[order[axis]] = axis;
    }
    return inverse;
  }

  private static void scale(Op.LinearCrossEntropy loss, Tensor dy, GradientSink to) {
    Tensor inputGradient = loss.inputGradient();
    if (inputGradient != null) {
      to.add(loss.x(), () -> inputGradient.times(dy.reshape(Shape.of())));
    }
    PackedWeight weightGradient = loss.weightGradient();
    if (weightGradient != null) {
      float factor = dy.toArray()[0];
      if (factor != 1) {
        dy.backend().scale(weightGradient, factor);
      }
      to.adopt(loss.weight(), weightGradient, dy.backend());
    }
  }
}
