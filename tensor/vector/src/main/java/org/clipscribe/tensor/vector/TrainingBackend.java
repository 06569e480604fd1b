package org.clipscribe.tensor.vector;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.clipscribe.tensor.AdamStep;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.WeightFormat;
import org.clipscribe.tensor.spi.AttentionGradients;
import org.clipscribe.tensor.spi.HostBackend;
import org.clipscribe.tensor.spi.LayerNormGradients;
import org.clipscribe.tensor.spi.LinearLoss;
import org.clipscribe.tensor.spi.Targets;
import org.clipscribe.tensor.vector.Products.Matrix;
import org.jspecify.annotations.Nullable;

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
  final Products products;
  private final PanelMemory memory;
  private final PanelUpdates updates;
  private final BackwardProducts backward;

  TrainingBackend(WorkCrew crew, Arena arena) {
    this.crew = crew;
    products = new Products(crew);
    this.arena = arena;
    memory = new PanelMemory(arena);
    updates = new PanelUpdates(crew);
    backward = new BackwardProducts(crew);
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

  static final float[] NONE = {};

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

  // ---- products
  // -----------------------------------------------------------------------------------------------

  /// A weight in another format than F32 is one that is not trained; its definition reads rows.
  @Override
  public Tensor linearBackwardInput(Tensor dy, PackedWeight weight) {
    if (weight.format() != WeightFormat.F32) {
      return super.linearBackwardInput(dy, weight);
    }
    float[] result = new float[dy.shape().rows() * weight.inputs()];
    Matrix dx = new Matrix(result, 0, weight.inputs());
    backward.input(rowsOf(dy), dy.shape().rows(), (PanelWeight) weight, dx);
    return wrap(result, dy.shape().withLast(weight.inputs()));
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor dy, PackedWeight sum) {
    backward.weight(rowsOf(x), rowsOf(dy), x.shape().rows(), (PanelWeight) sum);
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

  /// As its definition does it, with one array of logits that become their own gradients.
  @Override
  public LinearLoss linearCrossEntropy(
      Tensor x,
      PackedWeight weight,
      int[] targets,
      boolean wantsInput,
      @Nullable PackedWeight sum) {
    if (weight.format() != WeightFormat.F32) {
      return super.linearCrossEntropy(x, weight, targets, wantsInput, sum);
    }
    PanelWeight w = (PanelWeight) weight;
    int[] kept = Targets.keptRows(targets);
    int most = Math.min(kept.length, Targets.BLOCK);
    Matrix rows = new Matrix(new float[most * w.inputs()], 0, w.inputs());
    Matrix logits = new Matrix(new float[most * w.outputs()], 0, w.outputs());
    float[] dx = wantsInput ? new float[x.shape().size()] : NONE;
    double loss = 0;
    for (int from = 0; from < kept.length; from += most) {
      int[] some = Arrays.copyOfRange(kept, from, Math.min(kept.length, from + most));
      copyRows(rowsOf(x), some, rows);
      Arrays.fill(logits.array(), 0); // products add
      products.linear(rows, some.length, w, logits, Finish.nothing(w));
      loss += losses(logits, some, targets, 1f / kept.length);
      if (sum != null) {
        backward.weight(rows, logits, some.length, (PanelWeight) sum);
      }
      if (wantsInput) {
        Arrays.fill(rows.array(), 0);
        backward.input(logits, some.length, w, rows);
        for (int i = 0; i < some.length; i++) {
          System.arraycopy(rows.array(), rows.at(i, 0), dx, some[i] * w.inputs(), w.inputs());
        }
      }
    }
    float mean = (float) (loss / Math.max(1, kept.length));
    return new LinearLoss(
        wrap(new float[] {mean}, Shape.of()), wantsInput ? wrap(dx, x.shape()) : null);
  }

  private static void copyRows(Matrix from, int[] numbers, Matrix to) {
    for (int i = 0; i < numbers.length; i++) {
      System.arraycopy(from.array(), from.at(numbers[i], 0), to.array(), to.at(i, 0), to.stride());
    }
  }

  /// Turns rows of logits into their gradients.
  ///
  /// @return the sum of the losses
  private double losses(Matrix logits, int[] rows, int[] targets, float weight) {
    int width = logits.stride();
    double[] losses = new double[rows.length];
    inParts(
        rows.length,
        1,
        (long) rows.length * width * FUNCTION_WORK,
        (i, _) -> {
          float[] scratch = new float[width + Lanes.COUNT];
          int at = logits.at(i, 0);
          int target = targets[rows[i]];
          losses[i] =
              Losses.gradient(
                  logits.array(), at, width, target, weight, scratch, logits.array(), at);
        });
    double sum = 0;
    for (double each : losses) {
      sum += each;
    }
    return sum;
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
