package org.clipscribe.tensor.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Binary;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Reduction;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;
import org.clipscribe.tensor.autograd.Leaves;
import org.clipscribe.tensor.autograd.Op;
import org.clipscribe.tensor.testkit.GradientCase.Function;
import org.clipscribe.tensor.testkit.GradientCase.Setup;

/// Every operation that a tape knows, in every use that its rule tells apart.
public final class GradientCases {
  private final List<GradientCase> cases = new ArrayList<>();

  private GradientCases() {}

  static List<GradientCase> all() {
    GradientCases table = new GradientCases();
    table.elements();
    table.movements();
    table.matrices();
    table.rows();
    table.attention();
    table.losses();
    return table.cases;
  }

  private void add(Class<? extends Op> op, String name, Setup setup, Function function) {
    cases.add(new GradientCase(name, op, setup, function));
  }

  private void elements() {
    Setup one = (make, n) -> Leaves.of(make.tensor(1, 3, n));
    Setup positive = (make, n) -> Leaves.of(make.positive(1, 3, n));
    Setup two = (make, n) -> Leaves.of(make.positive(1, 2, 3, n), make.positive(2, 2, 3, n));
    Setup repeated = (make, n) -> Leaves.of(make.positive(1, 2, 3, n), make.positive(2, n));
    Setup scalar = (make, n) -> Leaves.of(make.positive(1, 3, n), make.positive(2));
    for (Unary f : Unary.values()) {
      boolean tame = f == Unary.LOG || f == Unary.RECIPROCAL_SQRT;
      add(Op.Map.class, f.name(), tame ? positive : one, (x, _, _) -> x.get(0).times(2).map(f));
    }
    for (Binary f : Binary.values()) {
      add(Op.Zip.class, f + " of two", two, (x, _, _) -> x.get(0).zip(f, x.get(1)));
      add(Op.Zip.class, f + " of one repeated", repeated, (x, _, _) -> x.get(0).zip(f, x.get(1)));
      add(Op.Zip.class, f + " of one for all", scalar, (x, _, _) -> x.get(0).zip(f, x.get(1)));
      add(
          Op.Zip.class,
          f + " with a constant",
          one,
          (x, _, make) -> x.get(0).zip(f, make.positive(3, x.get(0).shape().toArray())));
      add(
          Op.Zip.class,
          f + " of a constant",
          positive,
          (x, _, make) -> make.tensor(3, x.get(0).shape().toArray()).zip(f, x.get(0)));
      add(Op.ZipNumber.class, f.name(), one, (x, _, _) -> x.get(0).zip(f, 0.25f));
    }
    add(Op.Zip.class, "a square", one, (x, _, _) -> x.get(0).times(x.get(0)));
    add(
        Op.Zip.class,
        "three uses",
        one,
        (x, _, _) -> x.get(0).times(x.get(0)).plus(x.get(0)).minus(x.get(0).times(0.5f)));
    add(Op.Dropout.class, "", one, (x, _, _) -> x.get(0).dropout(new Dropout(0.3f, 7)));
  }

  private void movements() {
    Setup cube = (make, n) -> Leaves.of(make.tensor(1, 3, 4, n));
    Setup two = (make, n) -> Leaves.of(make.tensor(1, 3, 2, n), make.tensor(2, 3, 1, n));
    Setup column = (make, n) -> Leaves.of(make.tensor(1, n, 1));
    for (Reduction f : Reduction.values()) {
      add(Op.Reduce.class, f.name(), cube, (x, _, _) -> x.get(0).reduce(f));
    }
    add(Op.Expand.class, "", column, (x, _, _) -> x.get(0).expand(5));
    add(Op.Reshape.class, "", cube, (x, _, _) -> x.get(0).reshape(4, -1).times(3));
    add(Op.Permute.class, "", cube, (x, _, _) -> x.get(0).permute(2, 0, 1).times(3));
    add(Op.Slice.class, "leading", cube, (x, _, _) -> x.get(0).leading(1, 3));
    add(Op.Slice.class, "middle", cube, (x, _, _) -> x.get(0).slice(1, 1, 3));
    add(
        Op.Slice.class,
        "overlapping",
        cube,
        (x, _, _) -> x.get(0).slice(2, 0, 2).times(x.get(0).slice(2, 1, 3)));
    add(
        Op.Slice.class,
        "parts and the whole",
        cube,
        (x, _, _) -> {
          List<Tensor> parts = x.get(0).split(1, 2);
          Tensor swapped = Tensor.concatenate(1, parts.get(1), parts.get(0).times(2));
          return swapped.times(x.get(0));
        });
    add(
        Op.Concatenate.class,
        "one twice",
        two,
        (x, _, _) -> Tensor.concatenate(1, x.get(0), x.get(1), x.get(0)));
    add(Op.Concatenate.class, "select", cube, (x, _, _) -> x.get(0).select(0, 2, 0, 2));
  }

  private void matrices() {
    Setup pair = (make, n) -> Leaves.of(make.tensor(1, 2, 3, n), make.tensor(2, 2, n, 5));
    Setup turned = (make, n) -> Leaves.of(make.tensor(1, 2, 3, n), make.tensor(2, 2, 5, n));
    Setup layer =
        (make, n) ->
            new Leaves(
                List.of(
                    make.tensor(1, 2, 3, n), make.tensor(2, n + 2), make.tensor(3, 2, 3, n + 2)),
                List.of(make.weight(4, n + 2, n)));
    Setup table =
        (make, n) -> new Leaves(List.of(make.tensor(1, 4, n)), List.of(make.weight(4, 2 * n, n)));
    Setup inputs = (make, n) -> Leaves.of(make.tensor(1, 3, n), make.tensor(2, n + 2));
    add(Op.Matmul.class, "", pair, (x, _, _) -> x.get(0).matmul(x.get(1)));
    add(Op.Matmul.class, "transposed", turned, (x, _, _) -> x.get(0).matmulTransposed(x.get(1)));
    add(
        Op.Matmul.class,
        "with itself",
        pair,
        (x, _, _) -> x.get(0).matmulTransposed(x.get(0)).matmul(x.get(0)));
    for (Unary f : List.of(Unary.IDENTITY, Unary.GELU_TANH)) {
      add(
          Op.Linear.class,
          "with everything, " + f,
          layer,
          (x, w, _) -> x.get(0).linear(w.get(0), x.get(1), f, x.get(2)));
    }
    add(
        Op.Linear.class,
        "frozen weight",
        inputs,
        (x, _, make) -> {
          int n = x.get(0).shape().last();
          return x.get(0).linear(make.weight(5, n + 2, n), x.get(1), Unary.IDENTITY, null);
        });
    add(
        Op.Linear.class,
        "constant input",
        table,
        (_, w, make) ->
            make.tensor(6, 3, w.get(0).inputs()).linear(w.get(0), null, Unary.TANH, null));
    add(
        Op.Rows.class,
        "some twice",
        table,
        (x, w, make) -> Tensor.rows(make.backend(), w.get(0), 3, 0, 3, 5).times(x.get(0)));
    add(
        Op.Rows.class,
        "tied to the head",
        table,
        (x, w, make) -> {
          Tensor rows = Tensor.rows(make.backend(), w.get(0), 1, 1, 2, 4).plus(x.get(0));
          return rows.linear(w.get(0), null, Unary.IDENTITY, null);
        });
  }

  private void rows() {
    Setup one = (make, n) -> Leaves.of(make.tensor(1, 2, 3, n));
    Setup normed =
        (make, n) -> Leaves.of(make.tensor(1, 2, 3, n), make.positive(2, n), make.tensor(3, n));
    add(Op.Softmax.class, "", one, (x, _, _) -> x.get(0).times(3).softmax());
    add(Op.LayerNorm.class, "", normed, (x, _, _) -> x.get(0).layerNorm(x.get(1), x.get(2), 1e-2f));
    add(
        Op.LayerNorm.class,
        "frozen",
        one,
        (x, _, make) -> {
          int n = x.get(0).shape().last();
          return x.get(0).layerNorm(make.positive(2, n), make.tensor(3, n), 1e-2f);
        });
  }

  private void attention() {
    AttentionMask lengths = new AttentionMask(false, new int[] {2, 6});
    AttentionMask both = new AttentionMask(true, new int[] {4, 6});
    attention("self", 6, 6, AttentionMask.NONE, Dropout.NONE);
    attention("causal", 6, 6, AttentionMask.CAUSAL, Dropout.NONE);
    attention("causal, later queries", 2, 6, AttentionMask.CAUSAL, Dropout.NONE);
    attention("lengths", 3, 6, lengths, Dropout.NONE);
    attention("causal with lengths", 6, 6, both, Dropout.NONE);
    attention("dropout", 6, 6, AttentionMask.NONE, new Dropout(0.4f, 11));
    attention("causal with lengths and dropout", 6, 6, both, new Dropout(0.4f, 12));
    attention("one query, dropout", 1, 6, AttentionMask.NONE, new Dropout(0.4f, 13));
    add(
        Op.Attention.class,
        "one sequence",
        (make, n) -> Leaves.of(make.tensor(1, 5, 2 * n)),
        (x, _, _) -> x.get(0).attention(x.get(0), x.get(0), 2, AttentionMask.CAUSAL));
  }

  private void attention(String name, int queries, int keys, AttentionMask mask, Dropout dropout) {
    add(
        Op.Attention.class,
        name,
        (make, n) ->
            Leaves.of(
                make.tensor(1, 2, queries, 3 * n),
                make.tensor(2, 2, keys, 3 * n),
                make.tensor(3, 2, keys, 3 * n)),
        (x, _, _) -> x.get(0).times(2).attention(x.get(1), x.get(2), 3, mask, dropout));
  }

  private void losses() {
    Setup logits = (make, n) -> Leaves.of(make.tensor(1, 2, 3, n));
    // More rows than a block has.
    Setup head =
        (make, n) ->
            new Leaves(List.of(make.tensor(1, 50 * n, 3)), List.of(make.weight(2, n + 1, 3)));
    add(
        Op.CrossEntropy.class,
        "",
        logits,
        (x, _, _) -> x.get(0).times(3).crossEntropy(targets(6, x.get(0).shape().last())));
    add(Op.LinearCrossEntropy.class, "", head, (x, w, _) -> loss(x.get(0), w.get(0)).times(0.5f));
    add(
        Op.LinearCrossEntropy.class,
        "weight used twice",
        head,
        (x, w, _) -> loss(x.get(0), w.get(0)).plus(loss(x.get(0).times(2), w.get(0))));
    add(
        Op.LinearCrossEntropy.class,
        "frozen weight",
        (make, n) -> Leaves.of(make.tensor(1, 50 * n, 3)),
        (x, _, make) -> loss(x.get(0), make.weight(2, 7, 3)));
    add(
        Op.LinearCrossEntropy.class,
        "constant input",
        (make, n) -> new Leaves(List.of(), List.of(make.weight(2, n + 1, 3))),
        (_, w, make) -> loss(make.tensor(1, 9, 3), w.get(0)));
  }

  private static Tensor loss(Tensor x, PackedWeight weight) {
    return x.linearCrossEntropy(weight, targets(x.shape().rows(), weight.outputs()));
  }

  /// Every fourth row has none.
  private static int[] targets(int rows, int classes) {
    return IntStream.range(0, rows)
        .map(row -> row % 4 == 1 ? Tensor.IGNORED : row * 7 % classes)
        .toArray();
  }
}
