package org.clipscribe.tensor.spi;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.jspecify.annotations.Nullable;

/// The operations of training: losses, dropout, and what turns the gradient `dy` of a result into
/// those of the inputs.
///
/// Like the fused operations of [Backend], each but the first two is a default method that runs its
/// definition; a fast kernel is an override. The definitions are written with the methods of
/// [Tensor], and called where no tape is active or with tensors that no tape follows.
public interface GradientOperations extends ParameterOperations {
  // ---- primitives
  // ---------------------------------------------------------------------------------------------

  /// `dx[i] = f'(x[i]) dy[i]`
  Tensor mapBackward(Unary f, Tensor x, Tensor dy);

  /// `y[i] = x[i] / (1 - probability)` where [Dropout#keeps] the index `i`, else 0. It is its own
  /// gradient: `dx = dropout(dy)`.
  Tensor dropout(Tensor x, Dropout dropout);

  // ---- with their definitions
  // ---------------------------------------------------------------------------------

  /// Sums over the leading axes: what arrives at an operand that was repeated along them.
  ///
  /// @param suffix the trailing axes, which stay
  default Tensor sumLeading(Tensor x, Shape suffix) {
    int kept = suffix.size();
    int summed = kept == 0 ? 0 : x.shape().size() / kept;
    if (summed == 0) {
      return Tensor.zeros(x.backend(), suffix.toArray());
    }
    return x.reshape(summed, kept).permute(1, 0).reduce(Reduction.SUM).reshape(suffix);
  }

  /// `dx = y (dy - sum of y dy)` over the innermost axis.
  ///
  /// @param y the probabilities
  default Tensor softmaxBackward(Tensor y, Tensor dy) {
    Tensor mean = y.times(dy).reduce(Reduction.SUM);
    return y.times(dy.minus(mean.expand(y.shape().last())));
  }

  /// With `n` the normalised input and `s` what it was scaled by:
  /// `dx = s (g - mean of g - n * mean of g n)` where `g = dy gain`;
  /// `dgain = sum of dy n` and `dbias = sum of dy` over all rows.
  default LayerNormGradients layerNormBackward(Tensor x, Tensor gain, float epsilon, Tensor dy) {
    int width = x.shape().last();
    Tensor centred = x.minus(x.reduce(Reduction.MEAN).expand(width));
    Tensor variance = centred.times(centred).reduce(Reduction.MEAN);
    Tensor scale = variance.zip(Binary.ADD, epsilon).map(Unary.RECIPROCAL_SQRT).expand(width);
    Tensor normal = centred.times(scale);
    Tensor g = dy.times(gain.reshape(width));
    Tensor along = normal.times(g.times(normal).reduce(Reduction.MEAN).expand(width));
    Tensor dx = scale.times(g.minus(g.reduce(Reduction.MEAN).expand(width)).minus(along));
    Shape row = Shape.of(width);
    return new LayerNormGradients(dx, sumLeading(dy.times(normal), row), sumLeading(dy, row));
  }

  /// With probabilities `p`, computed once more: `dv = pᵀ dy`, `dp = dy vᵀ`, `ds` the gradient of
  /// soft-max, `dq = ds k / sqrt(D)` and `dk = dsᵀ q / sqrt(D)`; head by head. Where a query does
  /// not see a key, `p` and with it `ds` is 0.
  ///
  /// @param dy `[B, Tq, C]`; other arguments as in [Backend#attention]
  default AttentionGradients attentionBackward(
      Tensor q, Tensor k, Tensor v, int heads, AttentionMask mask, Dropout dropout, Tensor dy) {
    Tensor p = q.backend().attentionProbabilities(q, k, heads, mask);
    Tensor dMixed = Heads.split(dy, heads);
    Tensor dv = p.dropout(dropout).permute(0, 1, 3, 2).matmul(dMixed);
    Tensor dp = dMixed.matmulTransposed(Heads.split(v, heads)).dropout(dropout);
    float scale = (float) (1 / Math.sqrt(dMixed.shape().last()));
    Tensor ds = softmaxBackward(p, dp).times(scale);
    Tensor dq = ds.matmul(Heads.split(k, heads));
    Tensor dk = ds.permute(0, 1, 3, 2).matmul(Heads.split(q, heads));
    return new AttentionGradients(Heads.join(dq), Heads.join(dk), Heads.join(dv));
  }

  /// The gradient of `x Wᵀ` in `x`: `dx = dy W`. The weight is read some rows at a time, so that
  /// one kept in a reduced format is never whole in memory in another.
  ///
  /// @param dy `[.., outputs]`
  /// @return `[.., inputs]`
  default Tensor linearBackwardInput(Tensor dy, PackedWeight weight) {
    Tensor flat = dy.reshape(dy.shape().rows(), weight.outputs());
    Tensor dx = Tensor.zeros(dy.backend(), dy.shape().rows(), weight.inputs());
    int most = 512; // of width 768 a MB and a half
    for (int from = 0; from < weight.outputs(); from += most) {
      int end = Math.min(weight.outputs(), from + most);
      Tensor rows = dy.backend().rows(weight, IntStream.range(from, end).toArray());
      addTo(dx, flat.slice(1, from, end).matmul(rows));
    }
    return dx.reshape(dy.shape().withLast(weight.inputs()));
  }

  /// The gradient of `x Wᵀ` in `W`: `sum += dyᵀ x`.
  ///
  /// @param x `[.., inputs]`
  /// @param dy `[.., outputs]`
  /// @param sum changed in place
  default void linearBackwardWeight(Tensor x, Tensor dy, PackedWeight sum) {
    int rows = x.shape().rows();
    Tensor turned = dy.reshape(rows, sum.outputs()).permute(1, 0);
    int[] all = IntStream.range(0, sum.outputs()).toArray();
    addRows(sum, all, turned.matmul(x.reshape(rows, sum.inputs())));
  }

  /// How badly `softmax(logits)` predicts the targets: the mean of `-log softmax(logits)[target]`
  /// over all rows whose target is not [Tensor#IGNORED]; 0 when there is none (PyTorch: NaN).
  ///
  /// @param logits `[.., V]`
  /// @param targets one for each row, from 0 to below `V`, or [Tensor#IGNORED]
  /// @return rank 0
  default Tensor crossEntropy(Tensor logits, int[] targets) {
    int width = logits.shape().last();
    int[] kept = Targets.keptRows(targets);
    if (kept.length == 0) {
      return Tensor.zeros(logits.backend());
    }
    Tensor rows = logits.reshape(targets.length, width).select(0, kept);
    Tensor shifted = rows.minus(rows.reduce(Reduction.MAXIMUM).expand(width));
    Tensor logSums = shifted.map(Unary.EXP).reduce(Reduction.SUM).map(Unary.LOG);
    // The only one that minus infinity is not added to; a product with 0 and 1 would make NaN of an
    // infinite logit elsewhere.
    Tensor chosen = Targets.oneHot(rows, Targets.of(targets, kept)).map(Unary.LOG);
    Tensor hits = shifted.plus(chosen).reduce(Reduction.MAXIMUM);
    Tensor losses = logSums.minus(hits).reshape(1, kept.length);
    return losses.reduce(Reduction.MEAN).reshape(Shape.of());
  }

  /// `(softmax(logits) - 1 at the target) / kept rows * dy`, 0 in ignored rows.
  ///
  /// @param dy one element
  default Tensor crossEntropyBackward(Tensor logits, int[] targets, Tensor dy) {
    Tensor wrong = logits.softmax().minus(Targets.oneHot(logits, targets));
    Tensor kept = Targets.weights(logits, targets);
    return wrong.times(kept.expand(logits.shape().last())).times(dy.reshape(Shape.of()));
  }

  /// The language-model head and its loss in one: `crossEntropy(x Wᵀ, targets)` in blocks of rows,
  /// because the logits of a batch would take more memory than the model. Ignored rows are left
  /// out. Gradients are computed on the way, while a block of logits is there.
  ///
  /// @param x `[.., inputs]`
  /// @param targets one for each row, as in [#crossEntropy]
  /// @param wantsInput whether to compute the gradient in `x`
  /// @param sum the gradient in the weight is added to it in place; null when it is not asked for
  default LinearLoss linearCrossEntropy(
      Tensor x,
      PackedWeight weight,
      int[] targets,
      boolean wantsInput,
      @Nullable PackedWeight sum) {
    int width = weight.inputs();
    Tensor rows = x.reshape(x.shape().rows(), width);
    Tensor loss = Tensor.zeros(x.backend());
    Tensor dx = wantsInput ? Tensor.zeros(x.backend(), rows.shape().toArray()) : null;
    int[] kept = Targets.keptRows(targets);
    for (int from = 0; from < kept.length; from += Targets.BLOCK) {
      int[] some = Arrays.copyOfRange(kept, from, Math.min(kept.length, from + Targets.BLOCK));
      int[] wanted = Targets.of(targets, some);
      Tensor block = rows.select(0, some);
      Tensor logits = x.backend().linear(block, weight);
      Tensor share = Tensor.zeros(x.backend()).zip(Binary.ADD, (float) some.length / kept.length);
      loss = loss.plus(crossEntropy(logits, wanted).times(share));
      if (dx == null && sum == null) {
        continue;
      }
      Tensor dLogits = crossEntropyBackward(logits, wanted, share);
      if (sum != null) {
        linearBackwardWeight(block, dLogits, sum);
      }
      if (dx != null) {
        Tensor dBlock = linearBackwardInput(dLogits, weight);
        for (int i = 0; i < some.length; i++) {
          addToSlice(dx, 0, some[i], dBlock.leading(i, i + 1));
        }
      }
    }
    return new LinearLoss(loss, dx == null ? null : dx.reshape(x.shape()));
  }
}
