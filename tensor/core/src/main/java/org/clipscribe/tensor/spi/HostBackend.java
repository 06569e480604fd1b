package org.clipscribe.tensor.spi;

import java.util.Arrays;
import java.util.List;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;

/// What all CPU back-ends share: memory on the Java heap and operations that only move elements.
public abstract class HostBackend implements Backend {
  /// For subclasses.
  protected HostBackend() {}

  /// The array behind a tensor; its first element is at [Tensor#offset()].
  protected static float[] array(Tensor x) {
    return ((HostStorage) x.storage()).array();
  }

  /// A tensor around a fresh array.
  protected final Tensor wrap(float[] values, Shape shape) {
    return Tensor.wrap(this, new HostStorage(values), 0, shape);
  }

  @Override
  public final Storage allocate(int size) {
    return new HostStorage(new float[size]);
  }

  @Override
  public final void upload(float[] from, int fromOffset, Storage to, int toOffset, int count) {
    System.arraycopy(from, fromOffset, ((HostStorage) to).array(), toOffset, count);
  }

  @Override
  public final void download(Storage from, int fromOffset, float[] to, int toOffset, int count) {
    System.arraycopy(((HostStorage) from).array(), fromOffset, to, toOffset, count);
  }

  @Override
  public final void copy(Storage from, int fromOffset, Storage to, int toOffset, int count) {
    download(from, fromOffset, ((HostStorage) to).array(), toOffset, count);
  }

  @Override
  public final Tensor expand(Tensor x, int extent) {
    float[] from = array(x);
    int rows = x.shape().size();
    float[] result = new float[rows * extent];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(result, row * extent, (row + 1) * extent, from[x.offset() + row]);
    }
    return wrap(result, x.shape().withLast(extent));
  }

  @Override
  public final Tensor permute(Tensor x, int... order) {
    int rank = order.length;
    int[] strides = new int[rank + 1];
    strides[rank] = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = strides[axis + 1] * x.shape().extent(axis);
    }
    int[] extents = new int[rank];
    int[] steps = new int[rank];
    for (int axis = 0; axis < rank; axis++) {
      extents[axis] = x.shape().extent(order[axis]);
      steps[axis] = strides[order[axis] + 1];
    }
    Shape shape = Shape.of(extents);
    float[] result = new float[shape.size()];
    if (result.length > 0) {
      gather(array(x), x.offset(), extents, steps, 0, result, 0);
    }
    return wrap(result, shape);
  }

  /// Copies the sub-array below `axis` whose first source element is at `from`; returns where the
  /// next one goes.
  private static int gather(
      float[] source, int from, int[] extents, int[] steps, int axis, float[] result, int to) {
    if (axis == extents.length) {
      result[to] = source[from];
      return to + 1;
    }
    if (axis == extents.length - 1 && steps[axis] == 1) {
      System.arraycopy(source, from, result, to, extents[axis]);
      return to + extents[axis];
    }
    int next = to;
    for (int i = 0; i < extents[axis]; i++) {
      next = gather(source, from + i * steps[axis], extents, steps, axis + 1, result, next);
    }
    return next;
  }

  @Override
  public final Tensor concatenate(int axis, List<Tensor> parts) {
    Shape first = parts.getFirst().shape();
    int total = parts.stream().mapToInt(part -> part.shape().extent(axis)).sum();
    Shape shape = first.with(axis, total);
    float[] result = new float[shape.size()];
    int outer = extentBefore(shape, axis);
    int rowSize = outer == 0 ? 0 : result.length / outer;
    int column = 0;
    for (Tensor part : parts) {
      int run = outer == 0 ? 0 : part.shape().size() / outer;
      for (int row = 0; row < outer; row++) {
        System.arraycopy(
            array(part), part.offset() + row * run, result, row * rowSize + column, run);
      }
      column += run;
    }
    return wrap(result, shape);
  }

  @Override
  public final Tensor slice(Tensor x, int axis, int from, int to) {
    Shape shape = x.shape().with(axis, to - from);
    float[] result = new float[shape.size()];
    int outer = extentBefore(shape, axis);
    if (result.length > 0) {
      int run = result.length / outer;
      int stride = x.shape().size() / outer;
      int skip = run / (to - from) * from;
      for (int row = 0; row < outer; row++) {
        System.arraycopy(array(x), x.offset() + row * stride + skip, result, row * run, run);
      }
    }
    return wrap(result, shape);
  }

  private static int extentBefore(Shape shape, int axis) {
    int product = 1;
    for (int i = 0; i < axis; i++) {
      product *= shape.extent(i);
    }
    return product;
  }

  @Override
  public final Tensor mask(Tensor scores, AttentionMask mask) {
    float[] result = scores.toArray();
    int heads = scores.shape().extent(1);
    int queries = scores.shape().extent(2);
    int keys = scores.shape().extent(3);
    for (int row = 0; row < scores.shape().rows(); row++) {
      int visible = mask.visible(row / (heads * queries), row % queries, queries, keys);
      Arrays.fill(result, row * keys + visible, (row + 1) * keys, Float.NEGATIVE_INFINITY);
    }
    return wrap(result, scores.shape());
  }

  // ---- training
  // -----------------------------------------------------------------------------------------------

  @Override
  public Tensor dropout(Tensor x, Dropout dropout) {
    float[] result = x.toArray();
    for (int i = 0; i < result.length; i++) {
      result[i] = dropout.keeps(i) ? result[i] * dropout.factor() : 0;
    }
    return wrap(result, x.shape());
  }

  @Override
  public final void addTo(Tensor target, Tensor x) {
    add(array(target), target.offset(), array(x), x.offset(), x.shape().size());
  }

  @Override
  public final void addToSlice(Tensor target, int axis, int from, Tensor x) {
    int outer = extentBefore(x.shape(), axis);
    int run = outer == 0 ? 0 : x.shape().size() / outer;
    int stride = outer == 0 ? 0 : target.shape().size() / outer;
    int skip = run == 0 ? 0 : run / x.shape().extent(axis) * from;
    for (int row = 0; row < outer; row++) {
      int at = target.offset() + row * stride + skip;
      add(array(target), at, array(x), x.offset() + row * run, run);
    }
  }

  /// `to[at + i] += x[from + i]` for `count` elements.
  protected void add(float[] to, int at, float[] x, int from, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] += x[from + i];
    }
  }

  @Override
  public final void scale(Tensor target, float factor) {
    float[] values = array(target);
    for (int i = target.offset(); i < target.offset() + target.shape().size(); i++) {
      values[i] *= factor;
    }
  }

  @Override
  public final double sumOfSquares(Tensor x) {
    float[] values = array(x);
    double sum = 0;
    for (int i = x.offset(); i < x.offset() + x.shape().size(); i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  @Override
  public final void adamW(
      AdamStep step, Tensor parameter, Tensor gradient, Tensor first, Tensor second) {
    float[] w = array(parameter);
    float[] g = array(gradient);
    float[] m = array(first);
    float[] v = array(second);
    for (int i = 0; i < parameter.shape().size(); i++) {
      int mAt = first.offset() + i;
      int vAt = second.offset() + i;
      int at = parameter.offset() + i;
      float slope = g[gradient.offset() + i];
      m[mAt] = (float) step.first(m[mAt], slope);
      v[vAt] = (float) step.second(v[vAt], slope);
      w[at] = (float) step.parameter(w[at], m[mAt], v[vAt]);
    }
  }
}
