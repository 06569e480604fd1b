package org.clipscribe.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.tensor.autograd.Node;
import org.clipscribe.tensor.autograd.Op;
import org.clipscribe.tensor.autograd.Tape;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.LinearLoss;
import org.clipscribe.tensor.spi.Storage;
import org.jspecify.annotations.Nullable;

/// An n-dimensional array of floats on some back-end; immutable, always contiguous and row-major.
///
/// [#reshape] and [#leading] share memory with their source, everything else copies. Methods check
/// shapes, name both sides when they do not fit, and hand over to the [Backend]; operands must live
/// on the same one. While a loss is computed for [org.clipscribe.tensor.autograd.Autograd], they
/// also write down what they did.
public final class Tensor {
  /// The target of a row that a loss leaves out; PyTorch's `ignore_index`.
  public static final int IGNORED = -100;

  private final Backend backend;
  private final Storage storage;
  private final int offset;
  private final Shape shape;
  private final @Nullable Node node;

  private Tensor(Backend backend, Storage storage, int offset, Shape shape, @Nullable Node node) {
    this.backend = backend;
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.node = node;
  }

  // ---- making and reading
  // ---------------------------------------------------------------------------------------

  /// Copies values to a back-end.
  public static Tensor of(Backend backend, Shape shape, float... values) {
    check(values.length == shape.size(), "tensor: %d values for shape %s", values.length, shape);
    Storage storage = backend.allocate(values.length);
    backend.upload(values, 0, storage, 0, values.length);
    return wrap(backend, storage, 0, shape);
  }

  /// All zeros.
  public static Tensor zeros(Backend backend, int... extents) {
    Shape shape = Shape.of(extents);
    return wrap(backend, backend.allocate(shape.size()), 0, shape);
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
    return new Tensor(backend, storage, offset, shape, null);
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

  // ---- for autograd
  // ----------------------------------------------------------------------------------------------

  /// The place on a tape where this was recorded, or null.
  public @Nullable Node node() {
    return node;
  }

  /// The same elements, recorded.
  public Tensor withNode(@Nullable Node place) {
    return new Tensor(backend, storage, offset, shape, place);
  }

  /// The same elements as a constant: no gradient flows through it.
  public Tensor detached() {
    return node == null ? this : withNode(null);
  }

  /// The same place and shape without elements: what a tape keeps where only those matter.
  public Tensor outline() {
    return new Tensor(backend, NoStorage.INSTANCE, 0, shape, node);
  }

  private enum NoStorage implements Storage {
    INSTANCE;

    @Override
    public int size() {
      return 0;
    }
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
    Tensor y = wrap(backend, storage, offset, to);
    return Tape.isActive() ? Tape.record(new Op.Reshape(this), y) : y;
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
    Tensor y = wrap(backend, storage, offset + from * stride, shape.with(0, to - from));
    return Tape.isActive() ? Tape.record(new Op.Slice(this, 0, from), y) : y;
  }

  // ---- arithmetic
  // -----------------------------------------------------------------------------------------------

  public Tensor map(Unary f) {
    Tensor y = backend.map(f, this);
    return Tape.isActive() ? Tape.record(new Op.Map(f, this), y) : y;
  }

  /// Element by element; the shape of `other` is a suffix of this shape and repeats along the rest.
  public Tensor zip(Binary f, Tensor other) {
    check(other.shape.isSuffixOf(shape), "%s: %s does not end in %s", f, shape, other.shape);
    Tensor y = backend.zip(f, this, other);
    return Tape.isActive() ? Tape.record(new Op.Zip(f, this, other), y) : y;
  }

  public Tensor zip(Binary f, float number) {
    Tensor y = backend.zip(f, this, number);
    return Tape.isActive() ? Tape.record(new Op.ZipNumber(f, this, number), y) : y;
  }

  public Tensor plus(Tensor other) {
    return zip(Binary.ADD, other);
  }

  public Tensor minus(Tensor other) {
    return zip(Binary.SUBTRACT, other);
  }

  public Tensor times(Tensor other) {
    return zip(Binary.MULTIPLY, other);
  }

  public Tensor times(float factor) {
    return zip(Binary.MULTIPLY, factor);
  }

  /// Folds the innermost axis, which stays with extent 1.
  public Tensor reduce(Reduction f) {
    check(shape.rank() > 0 && shape.last() > 0, "%s: nothing to fold in %s", f, shape);
    Tensor y = backend.reduce(f, this);
    return Tape.isActive() ? Tape.record(new Op.Reduce(f, this, y), y) : y;
  }

  /// Stretches the innermost axis of extent 1: the counterpart of [#reduce].
  public Tensor expand(int extent) {
    check(shape.rank() > 0 && shape.last() == 1, "expand: %s to %d", shape, extent);
    Tensor y = backend.expand(this, extent);
    return Tape.isActive() ? Tape.record(new Op.Expand(this), y) : y;
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
    Tensor y = backend.matmul(this, other, transposed);
    return Tape.isActive() ? Tape.record(new Op.Matmul(this, other, transposed), y) : y;
  }

  /// Reorders axes: axis `i` of the result is axis `order[i]` of this.
  public Tensor permute(int... order) {
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int axis = 0; axis < sorted.length; axis++) {
      check(sorted[axis] == axis, "permute: %s of %s", Arrays.toString(order), shape);
    }
    check(order.length == shape.rank(), "permute: %s of %s", Arrays.toString(order), shape);
    Tensor y = backend.permute(this, order);
    return Tape.isActive() ? Tape.record(new Op.Permute(this, order), y) : y;
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
    if (positive == 0) {
      return leading(from, to);
    }
    Tensor y = backend.slice(this, positive, from, to);
    return Tape.isActive() ? Tape.record(new Op.Slice(this, positive, from), y) : y;
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
    Tensor y = first.backend.concatenate(positive, parts);
    return Tape.isActive() ? Tape.record(new Op.Concatenate(positive, parts), y) : y;
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
    if (f != Unary.IDENTITY && (Tape.tracks(this) || Tape.tracks(weight) || Tape.tracks(bias))) {
      // The gradient of f needs its argument, which the fused operation does not leave behind.
      Tensor y = linear(weight, bias, Unary.IDENTITY, null).map(f);
      return residual == null ? y : y.plus(residual);
    }
    Tensor y = backend.linear(this, weight, bias, f, residual);
    return Tape.isActive() ? Tape.record(new Op.Linear(this, weight, bias, residual), y) : y;
  }

  /// Rows of a packed matrix, as an embedding table.
  ///
  /// @param backend where the table was packed
  /// @return `[rows.length, inputs]`
  /// @throws IndexOutOfBoundsException when a row is outside the table
  public static Tensor rows(Backend backend, PackedWeight table, int... rows) {
    Tensor y = backend.rows(table, rows);
    return Tape.isActive() ? Tape.record(new Op.Rows(table, rows.clone()), y) : y;
  }

  /// Probabilities over the innermost axis.
  public Tensor softmax() {
    check(shape.rank() > 0, "softmax: of a scalar");
    Tensor y = backend.softmax(this);
    return Tape.isActive() ? Tape.record(new Op.Softmax(this, y), y) : y;
  }

  /// Normalises the innermost axis; see [Backend#layerNorm].
  public Tensor layerNorm(Tensor gain, Tensor bias, float epsilon) {
    check(
        shape.last() == gain.shape.size() && shape.last() == bias.shape.size(),
        "layerNorm: %s with gain %s and bias %s",
        shape,
        gain.shape,
        bias.shape);
    Tensor y = backend.layerNorm(this, gain, bias, epsilon);
    return Tape.isActive() ? Tape.record(new Op.LayerNorm(this, gain, bias, epsilon), y) : y;
  }

  /// Multi-head attention with this as queries; see [Backend#attention]. Rank 2 counts as a batch
  /// of one.
  public Tensor attention(Tensor keys, Tensor values, int heads, AttentionMask mask) {
    return attention(keys, values, heads, mask, Dropout.NONE);
  }

  /// The same with dropout of the probabilities.
  public Tensor attention(
      Tensor keys, Tensor values, int heads, AttentionMask mask, Dropout dropout) {
    checkAttention(keys, values, heads, mask);
    Tensor q = batched(this);
    Tensor k = batched(keys);
    Tensor v = batched(values);
    Tensor y = backend.attention(q, k, v, heads, mask, dropout);
    y = Tape.isActive() ? Tape.record(new Op.Attention(q, k, v, heads, mask, dropout), y) : y;
    return y.reshape(shape);
  }

  /// The probabilities `[B, H, Tq, Tk]` behind [#attention], for those who want to look inside: no
  /// gradient flows through them.
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

  /// Sets elements to 0 at random and scales the others; see [Dropout].
  public Tensor dropout(Dropout dropout) {
    if (dropout.isNone()) {
      return this;
    }
    Tensor y = backend.dropout(this, dropout);
    return Tape.isActive() ? Tape.record(new Op.Dropout(this, dropout), y) : y;
  }

  /// How badly these logits `[.., V]` predict one target a row: the mean over the rows that are not
  /// [#IGNORED], rank 0. See [Backend#crossEntropy].
  public Tensor crossEntropy(int... targets) {
    checkTargets("crossEntropy", targets, shape.last());
    Tensor y = backend.crossEntropy(this, targets);
    return Tape.isActive() ? Tape.record(new Op.CrossEntropy(this, targets.clone()), y) : y;
  }

  /// The same for the logits `x Wᵀ`, which are never all in memory; see
  /// [Backend#linearCrossEntropy].
  public Tensor linearCrossEntropy(PackedWeight weight, int... targets) {
    check(
        shape.rank() > 0 && shape.last() == weight.inputs(),
        "linearCrossEntropy: %s into a weight of [%d, %d]",
        shape,
        weight.outputs(),
        weight.inputs());
    checkTargets("linearCrossEntropy", targets, weight.outputs());
    PackedWeight gradient = Tape.tracks(weight) ? backend.zerosLike(weight) : null;
    LinearLoss y =
        backend.linearCrossEntropy(detached(), weight, targets, Tape.tracks(this), gradient);
    return Tape.isActive()
        ? Tape.record(
            new Op.LinearCrossEntropy(this, weight, y.inputGradient(), gradient), y.loss())
        : y.loss();
  }

  private void checkTargets(String op, int[] targets, int classes) {
    check(
        shape.rank() > 0 && targets.length == shape.rows(),
        "%s: %d targets for %s",
        op,
        targets.length,
        shape);
    for (int target : targets) {
      check(
          target == IGNORED || (target >= 0 && target < classes),
          "%s: target %d of %d classes",
          op,
          target,
          classes);
    }
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
