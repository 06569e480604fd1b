package org.clipscribe.tensor.spi;

import java.util.List;
import java.util.Optional;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.jspecify.annotations.Nullable;

/// What hardware must be able to do: a few primitives, and fused operations that by default run
/// their own definition in those primitives.
///
/// The default bodies are at once documentation, fall-back and test oracle; a fast kernel is an
/// override. Callers use the methods of [Tensor], which check shapes first, so implementations may
/// rely on them. All results are new tensors; arguments are never changed, but by
/// [ParameterOperations]. A back-end may be used by many threads at once.
///
/// Element values are floats on every back-end. NaN and infinities go through as IEEE 754 says.
public interface Backend extends GradientOperations, AutoCloseable {
  /// What a user asks for, like `cpu`.
  String kind();

  /// One line for people.
  String description();

  /// Frees everything that was made here, packed weights included. No tensor or weight of this
  /// back-end may be used afterwards.
  @Override
  void close();

  /// For who wants to know how near to its limits a computation gets; empty where nobody measures
  /// them.
  default Optional<Limits> limits() {
    return Optional.empty();
  }

  // ---- memory
  // -------------------------------------------------------------------------------------------------

  /// Room for `size` elements, all 0.
  Storage allocate(int size);

  /// Copies `count` floats from the host.
  void upload(float[] from, int fromOffset, Storage to, int toOffset, int count);

  /// Copies `count` floats to the host.
  void download(Storage from, int fromOffset, float[] to, int toOffset, int count);

  /// Copies between two storages of this back-end.
  void copy(Storage from, int fromOffset, Storage to, int toOffset, int count);

  // ---- primitives
  // ---------------------------------------------------------------------------------------------

  /// `y[i] = f(x[i])`
  Tensor map(Unary f, Tensor x);

  /// `y[i] = f(a[i], b[i])` where the shape of `b` is a suffix of the shape of `a` and repeats
  /// along the rest.
  Tensor zip(Binary f, Tensor a, Tensor b);

  /// `y[i] = f(a[i], b)`
  Tensor zip(Binary f, Tensor a, float b);

  /// Folds the innermost axis; it stays, with extent 1.
  Tensor reduce(Reduction f, Tensor x);

  /// Stretches the innermost axis of extent 1 to `extent`: the counterpart of [#reduce].
  Tensor expand(Tensor x, int extent);

  /// Batched matrix product: `[.., M, K] x [.., K, N]`, or `[.., N, K]` when `transposeB`. Leading
  /// extents are equal.
  Tensor matmul(Tensor a, Tensor b, boolean transposeB);

  /// Reorders axes: axis `i` of the result is axis `order[i]` of `x`.
  Tensor permute(Tensor x, int... order);

  /// Joins along an axis; all other extents are equal.
  Tensor concatenate(int axis, List<Tensor> parts);

  /// Part `from .. to` of an axis.
  Tensor slice(Tensor x, int axis, int from, int to);

  /// Adds minus infinity to the scores `[B, H, Tq, Tk]` of every key that a query does not see.
  Tensor mask(Tensor scores, AttentionMask mask);

  /// Brings a matrix into this back-end's layout.
  ///
  /// @param source `[outputs, inputs]`, or `[inputs, outputs]` when `transposed` (GPT-2's Conv1D)
  PackedWeight pack(MatrixSource source, boolean transposed, WeightFormat format);

  /// How packed weights of this back-end are kept in a file; empty when they cannot be.
  default Optional<WeightImages> images() {
    return Optional.empty();
  }

  /// `y = x Wᵀ`: `[.., inputs]` to `[.., outputs]`.
  Tensor linear(Tensor x, PackedWeight weight);

  /// Rows of a packed matrix, as an embedding table: `[rows.length, inputs]`.
  Tensor rows(PackedWeight weight, int[] rows);

  @Override
  default MatrixSource unpack(PackedWeight weight, boolean transposed) {
    return new Unpacked(this, weight, transposed);
  }

  // ---- fused, each with its definition
  // -------------------------------------------------------------------------

  /// `y = f(x Wᵀ + bias) + residual`, the shape of every layer of a transformer.
  ///
  /// @param bias `[outputs]` or null
  /// @param residual the shape of the result, or null
  default Tensor linear(
      Tensor x, PackedWeight weight, @Nullable Tensor bias, Unary f, @Nullable Tensor residual) {
    Tensor y = linear(x, weight);
    if (bias != null) {
      y = zip(Binary.ADD, y, bias);
    }
    if (f != Unary.IDENTITY) {
      y = map(f, y);
    }
    return residual == null ? y : zip(Binary.ADD, y, residual);
  }

  /// `y[i] = e^(x[i] - max x) / sum of the same` over the innermost axis.
  default Tensor softmax(Tensor x) {
    int width = x.shape().last();
    Tensor shifted = zip(Binary.SUBTRACT, x, expand(reduce(Reduction.MAXIMUM, x), width));
    Tensor exponentials = map(Unary.EXP, shifted);
    return zip(Binary.DIVIDE, exponentials, expand(reduce(Reduction.SUM, exponentials), width));
  }

  /// `y = (x - mean) / sqrt(variance + epsilon) * gain + bias` over the innermost axis, with the
  /// biased variance (Ba et al., 2016).
  default Tensor layerNorm(Tensor x, Tensor gain, Tensor bias, float epsilon) {
    int width = x.shape().last();
    Tensor centred = zip(Binary.SUBTRACT, x, expand(reduce(Reduction.MEAN, x), width));
    Tensor variance = reduce(Reduction.MEAN, zip(Binary.MULTIPLY, centred, centred));
    Tensor scale = map(Unary.RECIPROCAL_SQRT, zip(Binary.ADD, variance, epsilon));
    Tensor normal = zip(Binary.MULTIPLY, centred, expand(scale, width));
    return zip(Binary.ADD, zip(Binary.MULTIPLY, normal, gain), bias);
  }

  /// The probabilities of [#attention], `[B, H, Tq, Tk]`: `softmax(q kᵀ / sqrt(D) + mask)`.
  default Tensor attentionProbabilities(Tensor q, Tensor k, int heads, AttentionMask mask) {
    Tensor queries = Heads.split(q, heads);
    Tensor keys = Heads.split(k, heads);
    float scale = (float) (1 / Math.sqrt(queries.shape().last()));
    Tensor scores = zip(Binary.MULTIPLY, matmul(queries, keys, true), scale);
    return softmax(mask(scores, mask));
  }

  /// Multi-head scaled dot-product attention (Vaswani et al., 2017).
  ///
  /// @param q queries `[B, Tq, C]`; head `h` lies in columns `h * D .. (h + 1) * D`, `D = C /
  ///     heads`
  /// @param k keys `[B, Tk, C]`
  /// @param v values `[B, Tk, C]`
  /// @param dropout of the probabilities, whose elements it counts in the order of
  ///     [#attentionProbabilities]
  /// @return `[B, Tq, C]`
  default Tensor attention(
      Tensor q, Tensor k, Tensor v, int heads, AttentionMask mask, Dropout dropout) {
    Tensor probabilities = attentionProbabilities(q, k, heads, mask);
    if (!dropout.isNone()) {
      probabilities = dropout(probabilities, dropout);
    }
    return Heads.join(matmul(probabilities, Heads.split(v, heads), false));
  }
}
