package org.clipscribe.tensor.autograd;

import static org.clipscribe.tensor.autograd.Tape.keep;
import static org.clipscribe.tensor.autograd.Tape.tracks;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.jspecify.annotations.Nullable;

/// An operation as the tape remembers it: its inputs and attributes. The formula of each is that of
/// the method of [Tensor] that records it; its gradient is in [GradientRules].
///
/// The constructors decide what stays in memory: an input whose elements no rule reads is kept
/// without them, as a mere place in the graph ([Tape#keep]).
public sealed interface Op {
  /// The tensors that it is computed from.
  List<Tensor> inputs();

  /// The packed weight that it is computed from, if any.
  default @Nullable PackedWeight weight() {
    return null;
  }

  /// `f(x)`
  record Map(Unary f, Tensor x) implements Op {
    public Map {
      x = keep(x, f != Unary.IDENTITY && f != Unary.NEGATE);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  /// `f(a, b)`, where `b` repeats along the leading axes of `a`.
  record Zip(Binary f, Tensor a, Tensor b) implements Op {
    public Zip {
      boolean readsA = tracks(b);
      boolean readsB = tracks(a) || f == Binary.DIVIDE;
      switch (f) {
        case ADD, SUBTRACT, AT_LEAST -> {
          readsA = false;
          readsB = false;
        }
        case MULTIPLY, DIVIDE -> {}
        case MAXIMUM -> {
          readsA = true;
          readsB = true;
        }
      }
      a = keep(a, readsA);
      b = keep(b, readsB);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(a, b);
    }
  }

  /// `f(x, b)`
  record ZipNumber(Binary f, Tensor x, float b) implements Op {
    public ZipNumber {
      x = keep(x, f == Binary.MAXIMUM);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  /// @param y the result
  record Reduce(Reduction f, Tensor x, Tensor y) implements Op {
    public Reduce {
      x = keep(x, f == Reduction.MAXIMUM);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  record Expand(Tensor x) implements Op {
    public Expand {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  record Matmul(Tensor a, Tensor b, boolean transposed) implements Op {
    public Matmul {
      boolean readsA = tracks(b);
      b = keep(b, tracks(a));
      a = keep(a, readsA);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(a, b);
    }
  }

  record Reshape(Tensor x) implements Op {
    public Reshape {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  record Permute(Tensor x, int... order) implements Op {
    public Permute {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  /// Entries from `from` on of an axis, leading ones included.
  record Slice(Tensor x, int axis, int from) implements Op {
    public Slice {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  record Concatenate(int axis, List<Tensor> parts) implements Op {
    public Concatenate {
      parts = parts.stream().map(part -> keep(part, false)).toList();
    }

    @Override
    public List<Tensor> inputs() {
      return parts;
    }
  }

  /// `x Wᵀ + bias + residual`
  record Linear(Tensor x, PackedWeight weight, @Nullable Tensor bias, @Nullable Tensor residual)
      implements Op {
    public Linear {
      x = keep(x, tracks(weight));
      residual = residual == null ? null : keep(residual, false);
    }

    @Override
    public List<Tensor> inputs() {
      return Stream.of(x, bias, residual).filter(Objects::nonNull).toList();
    }
  }

  /// Rows of a table.
  record Rows(PackedWeight weight, int[] rows) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of();
    }
  }

  /// @param y the result, from which the gradient is computed
  record Softmax(Tensor x, Tensor y) implements Op {
    public Softmax {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  record LayerNorm(Tensor x, Tensor gain, Tensor bias, float epsilon) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(x, gain, bias);
    }
  }

  /// All of rank 3. Probabilities are not kept: they are computed again from queries and keys.
  record Attention(
      Tensor q,
      Tensor k,
      Tensor v,
      int heads,
      AttentionMask mask,
      org.clipscribe.tensor.Dropout dropout)
      implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(q, k, v);
    }
  }

  /// The mask is computed again from the key.
  record Dropout(Tensor x, org.clipscribe.tensor.Dropout dropout) implements Op {
    public Dropout {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }

  /// @param logits `[.., V]`
  record CrossEntropy(Tensor logits, int[] targets) implements Op {
    @Override
    public List<Tensor> inputs() {
      return List.of(logits);
    }
  }

  /// The gradients of this one are computed together with the loss, while a block of logits is
  /// there; when the tape is read they only await their factor.
  ///
  /// @param inputGradient of `x`, or null when it is not asked for
  /// @param weightGradient of the weight, or null when it is not asked for
  record LinearCrossEntropy(
      Tensor x,
      PackedWeight weight,
      @Nullable Tensor inputGradient,
      @Nullable PackedWeight weightGradient)
      implements Op {
    public LinearCrossEntropy {
      x = keep(x, false);
    }

    @Override
    public List<Tensor> inputs() {
      return List.of(x);
    }
  }
}
