package org.clipscribe.tensor.testkit;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.Backend;
import org.clipscribe.tensor.spi.Storage;

/// Everything in double precision, stored so as well, and every fused operation by its definition:
/// runs whole models for finite differences, which in float would drown in rounding.
///
/// Values come and go as floats; [#array(Tensor)] and [#array(PackedWeight)] show them as they are.
public final class DoubleBackend implements Backend {
  /// Opens another one; it needs no closing.
  public DoubleBackend() {}

  private record DoubleStorage(double[] array) implements Storage {
    @Override
    public int size() {
      return array.length;
    }
  }

  /// Row-major `[outputs, inputs]`.
  private record DoubleWeight(int outputs, int inputs, double[] array) implements PackedWeight {
    @Override
    public WeightFormat format() {
      return WeightFormat.F32;
    }

    @Override
    public long byteSize() {
      return 8L * array.length;
    }
  }

  /// The elements of a tensor; of a whole one, the elements themselves, which a test may change.
  public static double[] array(Tensor x) {
    double[] all = storage(x);
    int size = x.shape().size();
    return x.offset() == 0 && size == all.length
        ? all
        : Arrays.copyOfRange(all, x.offset(), x.offset() + size);
  }

  /// The elements `[outputs, inputs]` themselves, which a test may change.
  public static double[] array(PackedWeight weight) {
    return ((DoubleWeight) weight).array();
  }

  /// A tensor of doubles.
  public Tensor tensor(double[] values, int... extents) {
    return wrap(values, Shape.of(extents));
  }

  private static double[] storage(Tensor x) {
    return ((DoubleStorage) x.storage()).array();
  }

  private static double at(Tensor x, int index) {
    return storage(x)[x.offset() + index];
  }

  private Tensor wrap(double[] values, Shape shape) {
    return Tensor.wrap(this, new DoubleStorage(values), 0, shape);
  }

  private Tensor fill(Shape shape, IntToDoubleFunction element) {
    double[] result = new double[shape.size()];
    Arrays.setAll(result, element);
    return wrap(result, shape);
  }

  @Override
  public String kind() {
    return "double";
  }

  @Override
  public String description() {
    return "plain Java in double precision, for tests";
  }

  @Override
  public void close() {
    // The collector frees everything.
  }

  @Override
  public Storage allocate(int size) {
    return new DoubleStorage(new double[size]);
  }

  @Override
  public void upload(float[] from, int fromOffset, Storage to, int toOffset, int count) {
    for (int i = 0; i < count; i++) {
      ((DoubleStorage) to).array()[toOffset + i] = from[fromOffset + i];
    }
  }

  @Override
  public void download(Storage from, int fromOffset, float[] to, int toOffset, int count) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = (float) ((DoubleStorage) from).array()[fromOffset + i];
    }
  }

  @Override
  public void copy(Storage from, int fromOffset, Storage to, int toOffset, int count) {
    System.arraycopy(
        ((DoubleStorage) from).array(), fromOffset, ((DoubleStorage) to).array(), toOffset, count);
  }

  @Override
  public Tensor map(Unary f, Tensor x) {
    return fill(x.shape(), i -> f.apply(at(x, i)));
  }

  @Override
  public Tensor mapBackward(Unary f, Tensor x, Tensor dy) {
    return fill(x.shape(), i -> f.derivative(at(x, i)) * at(dy, i));
  }

  @Override
  public Tensor dropout(Tensor x, Dropout dropout) {
    return fill(x.shape(), i -> dropout.keeps(i) ? at(x, i) * dropout.factor() : 0);
  }

  @Override
  public Tensor zip(Binary f, Tensor a, Tensor b) {
    return fill(a.shape(), i -> f.apply(at(a, i), at(b, i % b.shape().size())));
  }

  @Override
  public Tensor zip(Binary f, Tensor a, float b) {
    return fill(a.shape(), i -> f.apply(at(a, i), b));
  }

  @Override
  public Tensor reduce(Reduction f, Tensor x) {
    int width = x.shape().last();
    return fill(
        x.shape().withLast(1),
        row -> {
          IntStream places = IntStream.range(row * width, (row + 1) * width);
          return switch (f) {
            case SUM -> places.mapToDouble(i -> at(x, i)).reduce(0, Double::sum);
            case MEAN -> places.mapToDouble(i -> at(x, i)).reduce(0, Double::sum) / width;
            case MAXIMUM -> places.mapToDouble(i -> at(x, i)).max().orElseThrow();
          };
        });
  }

  @Override
  public Tensor expand(Tensor x, int extent) {
    return fill(x.shape().withLast(extent), i -> at(x, i / extent));
  }

  @Override
  public Tensor matmul(Tensor a, Tensor b, boolean transposeB) {
    int rows = a.shape().extent(-2);
    int inner = a.shape().last();
    int columns = b.shape().extent(transposeB ? -2 : -1);
    return fill(
        a.shape().withLast(columns),
        i -> {
          int row = i / columns;
          int matrix = row / rows * inner * columns;
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            int at = transposeB ? i % columns * inner + k : k * columns + i % columns;
            sum += at(a, row * inner + k) * at(b, matrix + at);
          }
          return sum;
        });
  }

  @Override
  public Tensor permute(Tensor x, int... order) {
    int rank = order.length;
    int[] extents = IntStream.of(order).map(axis -> x.shape().extent(axis)).toArray();
    return fill(
        Shape.of(extents),
        i -> {
          int[] index = new int[rank];
          int rest = i;
          for (int axis = rank - 1; axis >= 0; axis--) {
            index[order[axis]] = rest % extents[axis];
            rest /= extents[axis];
          }
          int from = 0;
          for (int axis = 0; axis < rank; axis++) {
            from = from * x.shape().extent(axis) + index[axis];
          }
          return at(x, from);
        });
  }

  /// Elements of one step along an axis.
  private static int stride(Shape shape, int axis) {
    int stride = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      stride *= shape.extent(i);
    }
    return stride;
  }

  @Override
  public Tensor concatenate(int axis, List<Tensor> parts) {
    int total = parts.stream().mapToInt(part -> part.shape().extent(axis)).sum();
    Shape shape = parts.getFirst().shape().with(axis, total);
    Tensor result = wrap(new double[shape.size()], shape);
    int from = 0;
    for (Tensor part : parts) {
      addToSlice(result, axis, from, part);
      from += part.shape().extent(axis);
    }
    return result;
  }

  /// Where element `i` of a part that starts at `from` of an axis lies in the whole.
  private static int place(Shape whole, Shape part, int axis, int from, int i) {
    int stride = stride(whole, axis);
    int run = part.extent(axis) * stride;
    return i / run * whole.extent(axis) * stride + from * stride + i % run;
  }

  @Override
  public Tensor slice(Tensor x, int axis, int from, int to) {
    Shape part = x.shape().with(axis, to - from);
    return fill(part, i -> at(x, place(x.shape(), part, axis, from, i)));
  }

  @Override
  public void addToSlice(Tensor target, int axis, int from, Tensor x) {
    for (int i = 0; i < x.shape().size(); i++) {
      int to = place(target.shape(), x.shape(), axis, from, i);
      storage(target)[target.offset() + to] += at(x, i);
    }
  }

  @Override
  public Tensor mask(Tensor scores, AttentionMask mask) {
    int heads = scores.shape().extent(1);
    int queries = scores.shape().extent(2);
    int keys = scores.shape().extent(3);
    return fill(
        scores.shape(),
        i -> {
          int row = i / keys;
          int visible = mask.visible(row / (heads * queries), row % queries, queries, keys);
          return i % keys < visible ? at(scores, i) : Double.NEGATIVE_INFINITY;
        });
  }

  @Override
  public PackedWeight pack(MatrixSource source, boolean transposed, WeightFormat format) {
    if (format != WeightFormat.F32) {
      throw new IllegalArgumentException("double back-end: format " + format);
    }
    float[] values = new float[source.rows() * source.columns()];
    source.read(0, source.rows(), values);
    Tensor matrix = Tensor.of(this, Shape.of(source.rows(), source.columns()), values);
    Tensor w = transposed ? permute(matrix, 1, 0) : matrix;
    return new DoubleWeight(w.shape().extent(0), w.shape().extent(1), storage(w));
  }

  private Tensor matrix(PackedWeight weight) {
    return wrap(array(weight), Shape.of(weight.outputs(), weight.inputs()));
  }

  @Override
  public Tensor linear(Tensor x, PackedWeight weight) {
    Tensor rows =
        Tensor.wrap(this, x.storage(), x.offset(), Shape.of(x.shape().rows(), weight.inputs()));
    Tensor y = matmul(rows, matrix(weight), true);
    return wrap(storage(y), x.shape().withLast(weight.outputs()));
  }

  @Override
  public Tensor rows(PackedWeight weight, int[] rows) {
    int width = weight.inputs();
    return fill(
        Shape.of(rows.length, width), i -> array(weight)[rows[i / width] * width + i % width]);
  }

  // ---- parameters
  // -------------------------------------------------------------------------------------------------

  private static void update(Tensor target, Tensor x, DoubleBinaryOperator f) {
    for (int i = 0; i < target.shape().size(); i++) {
      storage(target)[target.offset() + i] = f.applyAsDouble(at(target, i), at(x, i));
    }
  }

  @Override
  public void addTo(Tensor target, Tensor x) {
    update(target, x, Double::sum);
  }

  @Override
  public void scale(Tensor target, float factor) {
    update(target, target, (value, _) -> value * factor);
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return IntStream.range(0, x.shape().size()).mapToDouble(i -> at(x, i) * at(x, i)).sum();
  }

  @Override
  public void adamW(AdamStep step, Tensor parameter, Tensor gradient, Tensor first, Tensor second) {
    update(first, gradient, step::first);
    update(second, gradient, step::second);
    double[] w = storage(parameter);
    for (int i = 0; i < parameter.shape().size(); i++) {
      int at = parameter.offset() + i;
      w[at] = step.parameter(w[at], at(first, i), at(second, i));
    }
  }

  @Override
  public PackedWeight zerosLike(PackedWeight weight) {
    return new DoubleWeight(
        weight.outputs(), weight.inputs(), new double[weight.outputs() * weight.inputs()]);
  }

  @Override
  public void release(PackedWeight weight) {
    Arrays.fill(array(weight), Double.NaN); // whoever still uses it will notice
  }

  @Override
  public void addTo(PackedWeight target, PackedWeight x) {
    addTo(matrix(target), matrix(x));
  }

  @Override
  public void addRows(PackedWeight target, int[] rows, Tensor values) {
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < target.inputs(); k++) {
        array(target)[rows[i] * target.inputs() + k] += at(values, i * target.inputs() + k);
      }
    }
  }

  @Override
  public void scale(PackedWeight target, float factor) {
    scale(matrix(target), factor);
  }

  @Override
  public double sumOfSquares(PackedWeight x) {
    return sumOfSquares(matrix(x));
  }

  @Override
  public void adamW(
      AdamStep step,
      PackedWeight parameter,
      PackedWeight gradient,
      PackedWeight first,
      PackedWeight second) {
    adamW(step, matrix(parameter), matrix(gradient), matrix(first), matrix(second));
  }
}
