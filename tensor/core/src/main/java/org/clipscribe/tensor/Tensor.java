package org.clipscribe.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.Storage;
import org.jspecify.annotations.Nullable;

/// An n-dimensional array of floats on some back-end; immutable, always contiguous and row-major.
///
/// [#reshape] and [#leading] share memory with their source, everything else copies. Methods check
/// shapes, name both sides when they do not fit, and hand over to the [Backend]; operands must live
/// on the same one.
public final class Tensor {
  private final Backend backend;
  private final Storage storage;
  private final int offset;
  private final Shape shape;

  private Tensor(Backend backend, Storage storage, int offset, Shape shape) {
    this.backend = backend;
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
  }

  // ---- making and reading
  // ---------------------------------------------------------------------------------------

  /// Copies values to a back-end.
  public static Tensor of(Backend backend, Shape shape, float... values) {
    check(values.length == shape.size(), "tensor: %d values for shape %s", values.length, shape);
    Storage storage = backend.allocate(values.length);
    backend.upload(values, 0, storage, 0, values.length);
    return new Tensor(backend, storage, 0, shape);
  }

  /// All zeros.
  public static Tensor zeros(Backend backend, int... extents) {
    Shape shape = Shape.of(extents);
    return new Tensor(backend, backend.allocate(shape.size()), 0, shape);
  }

  /// Wraps memory of a back-end: for back-ends themselves and for caches. The elements must not
  /// change afterwards.
  public static Tensor wrap(Backend backend, Storage storage, int offset, Shape shape) {
    check(
        offset >= 0 && (long) offset + shape.size() <= storage.size(),
        "tensor: %s at %d does not fit in %d elements",
        shape,
        offset,
        storage.size());
    return new Tensor(backend, storage, offset, shape);
  }

  public Shape shape() {
    return shape;
  }

  public Backend backend() {
    return backend;
  }

  /// For back-ends: where the elements are.
  public Storage storage() {
    return storage;
  }

  /// For back-ends: index of the first element in [#storage()].
  public int offset() {
    return offset;
  }

  /// A copy of the elements on the host, row-major.
  public float[] toArray() {
    float[] values = new float[shape.size()];
    backend.download(storage, offset, values, 0, values.length);
    return values;
  }

  // ---- views
  // ----------------------------------------------------------------------------------------------------

  /// The same elements under another shape; one extent may be -1 and is then computed.
  public Tensor reshape(int... extents) {
    int[] wanted = extents.clone();
    int open = -1;
    long known = 1;
    for (int axis = 0; axis < wanted.length; axis++) {
      if (wanted[axis] == -1 && open < 0) {
        open = axis;
      } else {
        known *= wanted[axis];
      }
    }
    if (open >= 0) {
      check(
          known > 0 && shape.size() % known == 0,
          "reshape: %s does not divide into %s",
          shape,
          Arrays.toString(extents));
      wanted[open] = (int) (shape.size() / known);
    }
    return reshape(Shape.of(wanted));
  }

  public Tensor reshape(Shape to) {
    check(shape.size() == to.size(), "reshape: %s has not the size of %s", shape, to);
    return new Tensor(backend, storage, offset, to);
  }

  /// Entries `from .. to` of the outermost axis, as a view.
  public Tensor leading(int from, int to) {
    check(
        shape.rank() > 0 && 0 <= from && from <= to && to <= shape.extent(0),
        "leading: %d..%d of %s",
        from,
        to,
        shape);
    int stride = shape.extent(0) == 0 ? 0 : shape.size() / shape.extent(0);
    return new Tensor(backend, storage, offset + from * stride, shape.with(0, to - from));
  }

  // ---- arithmetic
  // -----------------------------------------------------------------------------------------------

  public Tensor map(Unary f) {
    return backend.map(f, this);
  }

  /// Element by element; the shape of `other` is a suffix of this shape and repeats along the rest.
  public Tensor zip(Binary f, Tensor other) {
    check(other.shape.isSuffixOf(shape), "%s: %s does not end in %s", f, shape, other.shape);
    return backend.zip(f, this, other);
  }

  public Tensor plus(Tensor other) {
    return zip(Binary.ADD, other);
  }

  public Tensor times(Tensor other) {
    return zip(Binary.MULTIPLY, other);
  }

  public Tensor times(float factor) {
    return backend.zip(Binary.MULTIPLY, this, factor);
  }

  /// Folds the innermost axis, which stays with extent 1.
  public Tensor reduce(Reduction f) {
    check(shape.rank() > 0 && shape.last() > 0, "%s: nothing to fold in %s", f, shape);
    return backend.reduce(f, this);
  }

  /// Matrix product `[.., M, K] x [.., K, N]`; leading extents are equal.
  public Tensor matmul(Tensor other) {
    return matmul(other, false);
  }

  /// `[.., M, K] x [.., N, K]ᵀ`.
  public Tensor matmulTransposed(Tensor other) {
    return matmul(other, true);
  }

  private Tensor matmul(Tensor other, boolean transposed) {
    int rank = shape.rank();
    check(
        rank >= 2
            && rank == other.shape.rank()
            && shape.last() == other.shape.extent(transposed ? -1 : -2)
            && Arrays.equals(shape.toArray(), 0, rank - 2, other.shape.toArray(), 0, rank - 2),
        "matmul: %s does not multiply %s%s",
        shape,
        other.shape,
        transposed ? " transposed" : "");
    return backend.matmul(this, other, transposed);
  }

  /// Reorders axes: axis `i` of the result is axis `order[i]` of this.
  public Tensor permute(int... order) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int axis = 0; axis < sorted.length; axis++) {
      check(sorted[axis] == axis, "permute: %s of %s", Arrays.toString(order), shape);
    }
    check(order.length == shape.rank(), "permute: %s of %s", Arrays.toString(order), shape);
    return backend.permute(this, order);
  }

  /// Part `from .. to` of an axis; negative axes count from the end.
  public Tensor slice(int axis, int from, int to) {
    int positive = axis < 0 ? axis + shape.rank() : axis;
    check(
        0 <= positive
            && positive < shape.rank()
            && 0 <= from
            && from <= to
            && to <= shape.extent(positive),
        "slice: %d..%d of axis %d of %s",
        from,
        to,
        axis,
        shape);
    return positive == 0 ? leading(from, to) : backend.slice(this, positive, from, to);
  }

  /// Cuts an axis into `count` equal parts.
  public List<Tensor> split(int axis, int count) {
    int part = shape.extent(axis) / count;
    check(part * count == shape.extent(axis), "split: axis %d of %s into %d", axis, shape, count);
    return IntStream.range(0, count).mapToObj(i -> slice(axis, i * part, (i + 1) * part)).toList();
  }

  /// Entries of an axis in the order asked for; one may be asked for more than once.
  ///
  /// @param entries at least one
  public Tensor select(int axis, int... entries) {
    check(entries.length > 0, "select: no entry of axis %d of %s", axis, shape);
    Tensor[] parts =
        Arrays.stream(entries).mapToObj(i -> slice(axis, i, i + 1)).toArray(Tensor[]::new);
    return concatenate(axis, parts[0], Arrays.copyOfRange(parts, 1, parts.length));
  }

  /// Joins along an axis; all other extents are equal.
  public static Tensor concatenate(int axis, Tensor first, Tensor... rest) {
    List<Tensor> parts = Stream.concat(Stream.of(first), Arrays.stream(rest)).toList();
    int positive = axis < 0 ? axis + first.shape.rank() : axis;
    for (Tensor part : parts) {
      check(
          part.shape.rank() == first.shape.rank()
              && part.shape.with(positive, 0).equals(first.shape.with(positive, 0)),
          "concatenate: %s and %s along axis %d",
          first.shape,
          part.shape,
          axis);
    }
    return first.backend.concatenate(positive, parts);
  }

  // ---- fused
  // ----------------------------------------------------------------------------------------------------

  /// `f(x Wᵀ + bias) + residual`; see [Backend#linear(Tensor, PackedWeight, Tensor, Unary,
  /// Tensor)].
  public Tensor linear(
      PackedWeight weight, @Nullable Tensor bias, Unary f, @Nullable Tensor residual) {
    check(
        shape.rank() > 0 && shape.last() == weight.inputs(),
        "linear: %s into a weight of [%d, %d]",
        shape,
        weight.outputs(),
        weight.inputs());
    Shape result = shape.withLast(weight.outputs());
    check(
        bias == null || bias.shape.size() == weight.outputs(),
        "linear: bias %s for %s",
        bias,
        result);
    check(
        residual == null || residual.shape.equals(result),
        "linear: residual %s for %s",
        residual,
        result);
    return backend.linear(this, weight, bias, f, residual);
  }

  /// Probabilities over the innermost axis.
  public Tensor softmax() {
    check(shape.rank() > 0, "softmax: of a scalar");
    return backend.softmax(this);
  }

  /// Normalises the innermost axis; see [Backend#layerNorm].
  public Tensor layerNorm(Tensor gain, Tensor bias, float epsilon) {
    check(
        shape.last() == gain.shape.size() && shape.last() == bias.shape.size(),
        "layerNorm: %s with gain %s and bias %s",
        shape,
        gain.shape,
        bias.shape);
    return backend.layerNorm(this, gain, bias, epsilon);
  }

  /// Multi-head attention with this as queries; see [Backend#attention]. Rank 2 counts as a batch
  /// of one.
  public Tensor attention(Tensor keys, Tensor values, int heads, AttentionMask mask) {
    checkAttention(keys, values, heads, mask);
    return backend
        .attention(batched(this), batched(keys), batched(values), heads, mask)
        .reshape(shape);
  }

  /// The probabilities `[B, H, Tq, Tk]` behind [#attention], for those who want to look inside.
  public Tensor attentionProbabilities(Tensor keys, int heads, AttentionMask mask) {
    checkAttention(keys, keys, heads, mask);
    return backend.attentionProbabilities(batched(this), batched(keys), heads, mask);
  }

  private void checkAttention(Tensor keys, Tensor values, int heads, AttentionMask mask) {
    int rank = shape.rank();
    check(
        (rank == 2 || rank == 3)
            && keys.shape.equals(values.shape)
            && keys.shape.rank() == rank
            && keys.shape.last() == shape.last()
            && (rank == 2 || keys.shape.extent(0) == shape.extent(0))
            && heads > 0
            && shape.last() % heads == 0,
        "attention: queries %s, keys %s, values %s, %d heads",
        shape,
        keys.shape,
        values.shape,
        heads);
    check(
        !mask.causal() || shape.extent(-2) <= keys.shape.extent(-2),
        "attention: causal with queries %s and only keys %s: the first would see none",
        shape,
        keys.shape);
  }

  private static Tensor batched(Tensor x) {
    return x.shape.rank() == 3 ? x : x.reshape(1, x.shape.extent(0), x.shape.extent(1));
  }

  /// Index of the largest element of each row; the first of equals; NaN counts as largest, as in
  /// PyTorch.
  public int[] argMax() {
    float[] values = toArray();
    int width = shape.last();
    int[] winners = new int[shape.rows()];
    for (int row = 0; row < winners.length; row++) {
      int best = 0;
      for (int i = 1; i < width; i++) {
        float champion = values[row * width + best];
        float challenger = values[row * width + i];
        if (challenger > champion || (Float.isNaN(challenger) && !Float.isNaN(champion))) {
          best = i;
        }
      }
      winners[row] = best;
    }
    return winners;
  }

  /// Like `Tensor[50, 768]`: shape only, since the values may live on a device.
  @Override
  public String toString() {
    return "Tensor" + shape;
  }

  private static void check(boolean holds, String message, @Nullable Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
    }
  }
}
