package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.util.Optional;
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
import org.clipscribe.tensor.spi.Limits;
import org.clipscribe.tensor.spi.WeightImages;
import org.clipscribe.tensor.vector.Products.Matrix;
import org.jspecify.annotations.Nullable;

/// The CPU back-end: kernels on the Vector API, spread over a crew of threads.
///
/// Activations are arrays on the heap, weights are panels outside it; the Vector API never sees a
/// segment over an array, which would make C2 compile every access for both kinds. Results do not
/// depend on the number of threads: a thread does whole rows or whole panels, and how many makes no
/// difference to any of them.
final class VectorBackend extends TrainingBackend {
  private final WarmUp warmUp = new WarmUp();

  VectorBackend(int threads) {
    super(new WorkCrew(threads), Arena.ofShared());
  }

  static String describe(int threads) {
    int bits = Lanes.FLOATS.vectorBitSize();
    return "Vector API, %d-bit, %d %s"
        .formatted(bits, threads, threads == 1 ? "thread" : "threads");
  }

  @Override
  public String kind() {
    return "cpu";
  }

  @Override
  public String description() {
    return describe(crew.threads());
  }

  @Override
  public Optional<Limits> limits() {
    return Optional.of(new VectorLimits(crew));
  }

  @Override
  public void close() {
    warmUp.close();
    crew.close();
    arena.close();
  }

  @Override
  public Tensor map(Unary f, Tensor x) {
    float[] result = new float[x.shape().size()];
    inParts(
        result.length,
        PART,
        (long) result.length * FUNCTION_WORK,
        (from, count) -> new Functions().map(f, array(x), x.offset() + from, result, from, count));
    return wrap(result, x.shape());
  }

  @Override
  public Tensor zip(Binary f, Tensor a, Tensor b) {
    int period = b.shape().size();
    if (period == 1) {
      return zip(f, a, array(b)[b.offset()]);
    }
    float[] result = new float[a.shape().size()];
    int rows = period == 0 ? 0 : result.length / period;
    for (int row = 0; row < rows; row++) {
      int at = row * period;
      inParts(
          period,
          PART,
          period,
          (from, count) ->
              Elements.zip(
                  f,
                  array(a),
                  a.offset() + at + from,
                  array(b),
                  b.offset() + from,
                  result,
                  at + from,
                  count));
    }
    return wrap(result, a.shape());
  }

  @Override
  public Tensor zip(Binary f, Tensor a, float b) {
    float[] result = new float[a.shape().size()];
    inParts(
        result.length,
        PART,
        result.length,
        (from, count) -> Elements.zip(f, array(a), a.offset() + from, b, result, from, count));
    return wrap(result, a.shape());
  }

  @Override
  public Tensor reduce(Reduction f, Tensor x) {
    int width = x.shape().last();
    float[] result = new float[x.shape().rows()];
    inRows(
        x.shape(),
        (from, count) -> {
          for (int row = from; row < from + count; row++) {
            result[row] = Rows.reduce(f, array(x), x.offset() + row * width, width);
          }
        });
    return wrap(result, x.shape().withLast(1));
  }

  @Override
  public Tensor softmax(Tensor x) {
    int width = x.shape().last();
    float[] result = new float[x.shape().size()];
    inRows(
        x.shape(),
        (from, count) -> {
          for (int row = from; row < from + count; row++) {
            Rows.softmax(array(x), x.offset() + row * width, result, row * width, width);
          }
        });
    return wrap(result, x.shape());
  }

  @Override
  public Tensor layerNorm(Tensor x, Tensor gain, Tensor bias, float epsilon) {
    int width = x.shape().last();
    float[] result = new float[x.shape().size()];
    inRows(
        x.shape(),
        (from, count) -> {
          for (int row = from; row < from + count; row++) {
            Rows.layerNorm(
                array(x),
                x.offset() + row * width,
                array(gain),
                gain.offset(),
                array(bias),
                bias.offset(),
                epsilon,
                result,
                row * width,
                width);
          }
        });
    return wrap(result, x.shape());
  }

  @Override
  public Tensor matmul(Tensor a, Tensor b, boolean transposeB) {
    int rows = a.shape().extent(-2);
    int depth = a.shape().last();
    int columns = b.shape().extent(transposeB ? -2 : -1);
    Shape shape = a.shape().withLast(columns);
    float[] result = new float[shape.size()];
    int panels = PanelFormat.panels(columns);
    int matrices = result.length == 0 ? 0 : result.length / rows / columns;
    crew.run(
        matrices * panels,
        (long) result.length * depth,
        part -> {
          int matrix = part / panels;
          int column = part % panels * PanelFormat.COLUMNS;
          int width = Math.min(PanelFormat.COLUMNS, columns - column);
          int start = b.offset() + matrix * depth * columns + column * (transposeB ? depth : 1);
          int alongDepth = transposeB ? 1 : columns;
          int alongColumns = transposeB ? depth : 1;
          float[] panel = Products.panels(array(b), start, alongDepth, alongColumns, depth, width);
          Products.heap(
              new Matrix(array(a), a.offset() + matrix * rows * depth, depth),
              rows,
              depth,
              panel,
              width,
              new Matrix(result, matrix * rows * columns + column, columns));
        });
    return wrap(result, shape);
  }

  @Override
  public PackedWeight pack(MatrixSource source, boolean transposed, WeightFormat format) {
    return PanelPacker.pack(arena, crew, warmUp, source, transposed, format);
  }

  /// Not on big-endian machines: there the same layout would have other bytes.
  @Override
  public Optional<WeightImages> images() {
    return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        ? Optional.of(new PanelImages(arena, warmUp))
        : Optional.empty();
  }

  @Override
  public Tensor linear(Tensor x, PackedWeight weight) {
    return linear(x, weight, null, Unary.IDENTITY, null);
  }

  @Override
  public Tensor linear(
      Tensor x, PackedWeight weight, @Nullable Tensor bias, Unary f, @Nullable Tensor residual) {
    PanelWeight w = (PanelWeight) weight;
    int outputs = w.outputs();
    Shape shape = x.shape().withLast(outputs);
    float[] result = new float[shape.size()];
    Finish finish =
        new Finish(
            w.scales(),
            bias == null ? NONE : array(bias),
            bias == null ? 0 : bias.offset(),
            f,
            residual == null ? NONE : array(residual),
            residual == null ? 0 : residual.offset(),
            outputs);
    warmUp.await();
    products.linear(
        new Matrix(array(x), x.offset(), w.inputs()),
        x.shape().rows(),
        w,
        new Matrix(result, 0, outputs),
        finish);
    return wrap(result, shape);
  }

  @Override
  public Tensor rows(PackedWeight weight, int[] rows) {
    PanelWeight w = (PanelWeight) weight;
    float[] result = new float[rows.length * w.inputs()];
    for (int i = 0; i < rows.length; i++) {
      w.read(rows[i], result, i * w.inputs());
    }
    return wrap(result, Shape.of(rows.length, w.inputs()));
  }

  @Override
  public Tensor attention(
      Tensor q, Tensor k, Tensor v, int heads, AttentionMask mask, Dropout dropout) {
    float[] result = new float[q.shape().size()];
    int batch = q.shape().extent(0);
    int queries = q.shape().extent(1);
    int keys = k.shape().extent(1);
    int width = q.shape().last();
    Attention attention =
        new Attention(
            new Matrix(array(q), q.offset(), width),
            new Matrix(array(k), k.offset(), width),
            new Matrix(array(v), v.offset(), width),
            new Matrix(result, 0, width),
            queries,
            keys,
            heads,
            mask,
            dropout);
    crew.run(batch * heads, 2L * result.length * keys, attention::run);
    return wrap(result, q.shape());
  }
}
