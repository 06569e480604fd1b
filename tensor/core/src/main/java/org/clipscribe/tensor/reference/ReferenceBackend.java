package org.clipscribe.tensor.reference;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.MatrixSource;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.HostBackend;

/// The primitives written the way the formulas read, and nothing else: every fused operation runs
/// its definition.
///
/// Each element is computed in double precision and rounded to float once, which makes this the
/// oracle that the fast back-ends are measured against, and the fall-back of a JVM without the
/// Vector API. Rows are independent and spread over threads; results do not depend on how many.
final class ReferenceBackend extends HostBackend {
  private final int threads;
  // Weights outlive their use by one thread and are larger than a heap should be.
  private final Arena arena = Arena.ofShared();

  ReferenceBackend(int threads) {
    this.threads = threads;
  }

  @Override
  public String kind() {
    return "reference";
  }

  @Override
  public String description() {
    return "plain Java, " + threads + (threads == 1 ? " thread" : " threads");
  }

  @Override
  public void close() {
    arena.close();
  }

  @Override
  public Tensor map(Unary f, Tensor x) {
    float[] from = array(x);
    float[] result = new float[x.shape().size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) f.apply(from[x.offset() + i]);
    }
    return wrap(result, x.shape());
  }

  @Override
  public Tensor zip(Binary f, Tensor a, Tensor b) {
    float[] left = array(a);
    float[] right = array(b);
    int period = Math.max(1, b.shape().size());
    float[] result = new float[a.shape().size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) f.apply(left[a.offset() + i], right[b.offset() + i % period]);
    }
    return wrap(result, a.shape());
  }

  @Override
  public Tensor zip(Binary f, Tensor a, float b) {
    float[] from = array(a);
    float[] result = new float[a.shape().size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) f.apply(from[a.offset() + i], b);
    }
    return wrap(result, a.shape());
  }

  @Override
  public Tensor reduce(Reduction f, Tensor x) {
    float[] from = array(x);
    int width = x.shape().last();
    float[] result = new float[x.shape().rows()];
    for (int row = 0; row < result.length; row++) {
      int start = x.offset() + row * width;
      double folded = f == Reduction.MAXIMUM ? Double.NEGATIVE_INFINITY : 0;
      for (int i = start; i < start + width; i++) {
        folded = f == Reduction.MAXIMUM ? Math.max(folded, from[i]) : folded + from[i];
      }
      result[row] = (float) (f == Reduction.MEAN ? folded / width : folded);
    }
    return wrap(result, x.shape().withLast(1));
  }

  @Override
  public Tensor matmul(Tensor a, Tensor b, boolean transposeB) {
    int rows = a.shape().extent(-2);
    int inner = a.shape().last();
    int columns = b.shape().extent(transposeB ? -2 : -1);
    int alongInner = transposeB ? 1 : columns;
    int alongColumn = transposeB ? inner : 1;
    Shape shape = a.shape().withLast(columns);
    float[] left = array(a);
    float[] right = array(b);
    float[] result = new float[shape.size()];
    parallel(
        shape.rows(),
        row -> {
          int aStart = a.offset() + row * inner;
          int bStart = b.offset() + row / rows * inner * columns;
          for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (int k = 0; k < inner; k++) {
              sum +=
                  (double) left[aStart + k] * right[bStart + k * alongInner + column * alongColumn];
            }
            result[row * columns + column] = (float) sum;
          }
        });
    return wrap(result, shape);
  }

  @Override
  public PackedWeight pack(MatrixSource source, boolean transposed, WeightFormat format) {
    return RowMajorWeight.pack(arena, source, transposed, format);
  }

  @Override
  public Tensor linear(Tensor x, PackedWeight weight) {
    RowMajorWeight w = (RowMajorWeight) weight;
    int inputs = w.inputs();
    int outputs = w.outputs();
    int rows = x.shape().rows();
    float[] from = array(x);
    float[] result = new float[Shape.of(rows, outputs).size()];
    parallel(
        outputs,
        output -> {
          float[] row = w.row(output);
          for (int i = 0; i < rows; i++) {
            int start = x.offset() + i * inputs;
            double sum = 0;
            for (int k = 0; k < inputs; k++) {
              sum += (double) from[start + k] * row[k];
            }
            result[i * outputs + output] = (float) sum;
          }
        });
    return wrap(result, x.shape().withLast(outputs));
  }

  @Override
  public Tensor rows(PackedWeight weight, int[] rows) {
    RowMajorWeight w = (RowMajorWeight) weight;
    float[] result = new float[rows.length * w.inputs()];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(w.row(rows[i]), 0, result, i * w.inputs(), w.inputs());
    }
    return wrap(result, Shape.of(rows.length, w.inputs()));
  }

  @Override
  public Tensor mapBackward(Unary f, Tensor x, Tensor dy) {
    float[] from = array(x);
    float[] slope = array(dy);
    float[] result = new float[x.shape().size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) (f.derivative(from[x.offset() + i]) * slope[dy.offset() + i]);
    }
    return wrap(result, x.shape());
  }

  @Override
  public PackedWeight zerosLike(PackedWeight weight) {
    return RowMajorWeight.zeros(weight.outputs(), weight.inputs());
  }

  @Override
  public void release(PackedWeight weight) {
    // The collector frees it.
  }

  @Override
  public void addTo(PackedWeight target, PackedWeight x) {
    ((RowMajorWeight) target).update((RowMajorWeight) x, Float::sum);
  }

  @Override
  public void addRows(PackedWeight target, int[] rows, Tensor values) {
    RowMajorWeight w = (RowMajorWeight) target;
    for (int i = 0; i < rows.length; i++) {
      float[] row = w.row(rows[i]);
      add(row, 0, array(values), values.offset() + i * w.inputs(), w.inputs());
      w.put(rows[i], row);
    }
  }

  @Override
  public void scale(PackedWeight target, float factor) {
    RowMajorWeight w = (RowMajorWeight) target;
    w.update(w, (value, _) -> value * factor);
  }

  @Override
  public double sumOfSquares(PackedWeight x) {
    RowMajorWeight w = (RowMajorWeight) x;
    double sum = 0;
    for (int i = 0; i < w.outputs(); i++) {
      sum += sumOfSquares(rows(w, new int[] {i}));
    }
    return sum;
  }

  @Override
  public void adamW(
      AdamStep step,
      PackedWeight parameter,
      PackedWeight gradient,
      PackedWeight first,
      PackedWeight second) {
    PackedWeight[] all = {parameter, gradient, first, second};
    for (int i = 0; i < parameter.outputs(); i++) {
      int[] row = {i};
      Tensor[] rows = new Tensor[all.length];
      Arrays.setAll(rows, j -> rows(all[j], row));
      adamW(step, rows[0], rows[1], rows[2], rows[3]);
      for (int j = 0; j < all.length; j++) {
        ((RowMajorWeight) all[j]).put(i, array(rows[j]));
      }
    }
  }

  private void parallel(int count, IntConsumer task) {
    IntStream range = IntStream.range(0, count);
    (threads > 1 ? range.parallel() : range).forEach(task);
  }
}
