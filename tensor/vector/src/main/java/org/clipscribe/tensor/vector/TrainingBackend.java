package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.spi.AttentionGradients;
import org.clipscribe.tensor.spi.HostBackend;
import org.clipscribe.tensor.spi.LayerNormGradients;
import org.clipscribe.tensor.spi.Targets;
import org.clipscribe.tensor.vector.Products.Matrix;

/// The half of [VectorBackend] that only training uses: losses, gradients and optimisers.
///
/// Sums over many rows are added up a part of fixed size at a time, and the parts in order, so that
/// the number of threads does not show here either.
abstract sealed class TrainingBackend extends HostBackend permits VectorBackend {
  /// Elements of a part of an element-wise operation: 64 KB.
  static final int PART = 1 << 14;

  /// An exponential costs about as much as this many multiplications.
  static final int FUNCTION_WORK = 16;

  /// Rows whose sum one thread forms: enough that adding up the parts costs little.
  private static final int SUMMED_ROWS = 32;

  final WorkCrew crew;
  final Arena arena;
  private final PanelMemory memory;
  private final PanelUpdates updates;

  TrainingBackend(WorkCrew crew, Arena arena) {
    this.crew = crew;
    this.arena = arena;
    memory = new PanelMemory(arena);
    updates = new PanelUpdates(crew);
  }

  interface Part {
    /// Elements or rows `from .. from + count`.
    void accept(int from, int count);
  }

  final void inParts(int total, int most, long work, Part part) {
    crew.run(
        Math.ceilDiv(total, most),
        work,
        i -> part.accept(i * most, Math.min(most, total - i * most)));
  }

  /// Whole rows, about as many elements a part as element-wise operations take.
  final void inRows(Shape shape, Part part) {
    int most = Math.max(1, PART / Math.max(1, shape.last()));
    inParts(shape.rows(), most, (long) shape.size() * FUNCTION_WORK, part);
  }

  private static Matrix rowsOf(Tensor x) {
    return new Matrix(array(x), x.offset(), x.shape().last());
  }

  // ---- elements
  // -----------------------------------------------------------------------------------------------

  @Override
  public Tensor mapBackward(Unary f, Tensor x, Tensor dy) {
    float[] result = new float[x.shape().size()];
    inParts(
        result.length,
        PART,
        (long) result.length * FUNCTION_WORK,
        (from, count) ->
            new Derivatives()
                .apply(
                    f,
                    array(x),
                    x.offset() + from,
                    array(dy),
                    dy.offset() + from,
                    result,
                    from,
                    count));
    return wrap(result, x.shape());
  }

  @Override
  public Tensor dropout(Tensor x, Dropout dropout) {
    float[] result = x.toArray();
    inParts(
        result.length,
        PART,
        (long) result.length * FUNCTION_WORK,
        (from, count) -> Randoms.drop(dropout, result, from, from, count));
    return wrap(result, x.shape());
  }

  @Override
  protected void add(float[] to, int at, float[] x, int from, int count) {
    inParts(
        count,
        PART,
        count,
        (i, some) -> Elements.zip(Binary.ADD, to, at + i, x, from + i, to, at + i, some));
  }

  // ---- rows
  // ---------------------------------------------------------------------------------------------------

  @Override
  public Tensor sumLeading(Tensor x, Shape suffix) {
    int width = suffix.size();
    int rows = width == 0 ? 0 : x.shape().size() / width;
    float[] sums = new float[Math.ceilDiv(rows, SUMMED_ROWS) * width];
    inParts(
        rows,
        SUMMED_ROWS,
        x.shape().size(),
        (from, count) -> {
          int to = from / SUMMED_ROWS * width;
          for (int row = from; row < from + count; row++) {
            int at = x.offset() + row * width;
            Elements.zip(Binary.ADD, sums, to, array(x), at, sums, to, width);
          }
        });
    return wrap(total(sums, width), suffix);
  }

  /// The sum of the rows of `parts`.
  private static float[] total(float[] parts, int width) {
    float[] total = new float[width];
    for (int at = 0; at < parts.length; at += Math.max(1, width)) {
      Elements.zip(Binary.ADD, total, 0, parts, at, total, 0, width);
    }
    return total;
  }

  @Override
  public Tensor softmaxBackward(Tensor y, Tensor dy) {
    int width = y.shape().last();
    float[] result = new float[y.shape().size()];
    inRows(
        y.shape(),
        (from, count) -> {
          for (int row = from; row < from + count; row++) {
            int at = row * width;
            RowGradients.softmax(
                array(y), y.offset() + at, array(dy), dy.offset() + at, 1, result, at, width);
          }
        });
    return wrap(result, y.shape());
  }

  @Override
  public LayerNormGradients layerNormBackward(Tensor x, Tensor gain, float epsilon, Tensor dy) {
    int width = x.shape().last();
    int rows = x.shape().rows();
    float[] result = new float[x.shape().size()];
    float[] sums = new float[Math.ceilDiv(rows, SUMMED_ROWS) * 2 * width];
    inParts(
        rows,
        SUMMED_ROWS,
        (long) result.length * FUNCTION_WORK,
        (from, count) -> {
          float[] scratch = new float[2 * width];
          for (int row = from; row < from + count; row++) {
            RowGradients.layerNorm(
                array(x),
                x.offset() + row * width,
                array(gain),
                gain.offset(),
                epsilon,
                array(dy),
                dy.offset() + row * width,
                scratch,
                sums,
                from / SUMMED_ROWS * 2 * width,
                result,
                row * width,
                width);
          }
        });
    Tensor both = wrap(total(sums, 2 * width), Shape.of(2, width));
    return new LayerNormGradients(
        wrap(result, x.shape()),
        both.leading(0, 1).reshape(width),
        both.leading(1, 2).reshape(width));
  }

  @Override
  public AttentionGradients attentionBackward(
      Tensor q, Tensor k, Tensor v, int heads, AttentionMask mask, Dropout dropout, Tensor dy) {
    Tensor dq = Tensor.zeros(this, q.shape().toArray());
    Tensor dk = Tensor.zeros(this, k.shape().toArray());
    Tensor dv = Tensor.zeros(this, v.shape().toArray());
    int queries = q.shape().extent(1);
    int keys = k.shape().extent(1);
    AttentionGradient gradient =
        new AttentionGradient(
            rowsOf(q),
            rowsOf(k),
            rowsOf(v),
            rowsOf(dy),
            rowsOf(dq),
            rowsOf(dk),
            rowsOf(dv),
            queries,
            keys,
            heads,
            mask,
            dropout);
    crew.run(q.shape().extent(0) * heads, 5L * q.shape().size() * keys, gradient::run);
    return new AttentionGradients(dq, dk, dv);
  }

  // ---- losses
  // -------------------------------------------------------------------------------------------------

  @Override
  public Tensor crossEntropy(Tensor logits, int[] targets) {
    int width = logits.shape().last();
    double[] losses = new double[targets.length];
    inRows(
        logits.shape(),
        (from, count) -> {
          float[] scratch = new float[width + Lanes.COUNT];
          for (int row = from; row < from + count; row++) {
            int at = logits.offset() + row * width;
            losses[row] = Losses.crossEntropy(array(logits), at, width, targets[row], scratch);
          }
        });
    double sum = 0;
    for (double loss : losses) {
      sum += loss;
    }
    return wrap(new float[] {(float) (sum / Math.max(1, Targets.kept(targets)))}, Shape.of());
  }

  @Override
  public Tensor crossEntropyBackward(Tensor logits, int[] targets, Tensor dy) {
    int width = logits.shape().last();
    float weight = array(dy)[dy.offset()] / Math.max(1, Targets.kept(targets));
    float[] result = new float[logits.shape().size()];
    inRows(
        logits.shape(),
        (from, count) -> {
          float[] scratch = new float[width + Lanes.COUNT];
          for (int row = from; row < from + count; row++) {
            int at = logits.offset() + row * width;
            Losses.gradient(
                array(logits), at, width, targets[row], weight, scratch, result, row * width);
          }
        });
    return wrap(result, logits.shape());
  }

  // ---- parameters
  // ---------------------------------------------------------------------------------------------

  @Override
  public PackedWeight zerosLike(PackedWeight weight) {
    return memory.take(weight.outputs(), weight.inputs());
  }

  @Override
  public void release(PackedWeight weight) {
    memory.giveBack((PanelWeight) weight);
  }

  @Override
  public void addTo(PackedWeight target, PackedWeight x) {
    updates.add((PanelWeight) target, (PanelWeight) x);
  }

  @Override
  public void addRows(PackedWeight target, int[] rows, Tensor values) {
    updates.addRows((PanelWeight) target, rows, array(values), values.offset());
  }

  @Override
  public void scale(PackedWeight target, float factor) {
    updates.scale((PanelWeight) target, factor);
  }

  @Override
  public double sumOfSquares(PackedWeight x) {
    return updates.sumOfSquares((PanelWeight) x);
  }

  @Override
  public void adamW(
      AdamStep step,
      PackedWeight parameter,
      PackedWeight gradient,
      PackedWeight first,
      PackedWeight second) {
    updates.adamW(
        step,
        (PanelWeight) parameter,
        (PanelWeight) gradient,
        (PanelWeight) first,
        (PanelWeight) second);
  }
}
