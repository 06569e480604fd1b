package org.clipscribe.tensor.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.clipscribe.tensor.PackedWeight;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Storage;
import org.jspecify.annotations.Nullable;

/// What was computed from the leaves, in order: one [Op] for each result.
///
/// The methods of [Tensor] write to the tape of the scope they are called in, if there is one. An
/// operation none of whose inputs depends on a leaf is not written down; so frozen layers below the
/// first one that is trained cost neither time nor memory.
public final class Tape implements AutoCloseable {
  private static final ScopedValue<Tape> ACTIVE = ScopedValue.newInstance();

  private final Leaves leaves;
  // Slots 0 .. n - 1 belong to the n leaf tensors, slot n + i to the result of operation i.
  private final IdentityHashMap<Tensor, Node> leafNodes = new IdentityHashMap<>();
  private final IdentityHashMap<PackedWeight, Integer> leafWeights = new IdentityHashMap<>();
  private final List<@Nullable Op> ops = new ArrayList<>();

  Tape(Leaves leaves) {
    this.leaves = leaves;
    for (Tensor tensor : leaves.tensors()) {
      leafNodes.put(tensor, new Node(this, leafNodes.size()));
    }
    for (PackedWeight weight : leaves.weights()) {
      leafWeights.put(weight, leafWeights.size());
    }
    if (leafNodes.size() + leafWeights.size() < leaves.tensors().size() + leaves.weights().size()) {
      throw new IllegalArgumentException("leaves: the same tensor or weight twice");
    }
  }

  /// Whether operations are being recorded: the one thing that inference asks.
  public static boolean isActive() {
    return ACTIVE.isBound();
  }

  /// Writes an operation to the active tape, unless none of its inputs depends on a leaf.
  ///
  /// @param result what it computed
  /// @return the result with its place on the tape
  public static Tensor record(Op op, Tensor result) {
    return ACTIVE.get().add(op, result);
  }

  /// Whether a tape is active and the tensor depends on one of its leaves.
  public static boolean tracks(@Nullable Tensor x) {
    return x != null && ACTIVE.isBound() && ACTIVE.get().node(x) != null;
  }

  /// Whether a tape is active and the weight is one of its leaves.
  public static boolean tracks(PackedWeight weight) {
    return ACTIVE.isBound() && ACTIVE.get().leafWeights.containsKey(weight);
  }

  /// The tensor without its elements where they are not needed for a gradient, so that the tape
  /// does not keep them in memory. Leaves stay as they are: they are known by identity, and in
  /// memory anyway.
  static Tensor keep(Tensor x, boolean elements) {
    return elements || ACTIVE.get().leafNodes.containsKey(x) ? x : x.outline();
  }

  private Tensor add(Op op, Tensor result) {
    PackedWeight weight = op.weight();
    boolean depends = weight != null && leafWeights.containsKey(weight);
    for (Tensor input : op.inputs()) {
      depends |= node(input) != null;
    }
    if (!depends) {
      return result;
    }
    ops.add(op);
    return result.withNode(new Node(this, leafNodes.size() + ops.size() - 1));
  }

  /// The node of a tensor that depends on a leaf; null for a constant.
  @Nullable Node node(Tensor x) {
    Node node = x.node();
    return node != null && node.tape() == this ? node : leafNodes.get(x);
  }

  @Nullable Integer leafNumber(PackedWeight weight) {
    return leafWeights.get(weight);
  }

  Tensor whileRecording(Supplier<Tensor> loss) {
    if (isActive()) {
      throw new IllegalStateException("autograd: called while another loss is being computed");
    }
    Tensor value = ScopedValue.where(ACTIVE, this).call(loss::get);
    if (value.shape().size() != 1) {
      throw new IllegalArgumentException("autograd: a loss has one element, not " + value.shape());
    }
    return value;
  }

  /// Reads the tape backwards and forgets it on the way: when an operation has handed on its
  /// gradient, neither is needed any more.
  Gradients gradients(Tensor loss) {
    GradientSink sink = new GradientSink(this, leafNodes.size() + ops.size(), leafWeights.size());
    sink.add(loss, () -> ones(loss));
    for (int i = ops.size() - 1; i >= 0; i--) {
      Tensor gradient = sink.take(leafNodes.size() + i);
      Op op = ops.get(i);
      if (gradient != null && op != null) { // null: nothing that the loss is made of
        GradientRules.propagate(op, gradient, sink);
      }
      ops.set(i, null);
    }
    return sink.gradients(loss.backend(), leaves);
  }

  /// Elements that are in memory because an operation's rule will read them.
  long keptElements() {
    Set<Storage> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Op op : ops) {
      for (Tensor input : op == null ? List.<Tensor>of() : op.inputs()) {
        if (!leafNodes.containsKey(input)) {
          kept.add(input.storage());
        }
      }
    }
    return kept.stream().mapToLong(Storage::size).sum();
  }

  private static Tensor ones(Tensor loss) {
    return Tensor.of(loss.backend(), loss.shape(), 1);
  }

  @Override
  public void close() {
    for (Op op : ops) {
      // Only there when something failed before the tape was read.
      if (op instanceof Op.LinearCrossEntropy loss && loss.weightGradient() != null) {
        loss.x().backend().release(loss.weightGradient());
      }
    }
    ops.clear();
  }
}
