package org.clipscribe.tensor.autograd;

/// The place of a tensor in the graph of a computation: which slot collects its gradient. A tensor
/// carries its node, so that nothing has to look for it, and a tensor that nobody uses any more can
/// be collected as ever.
public final class Node {
  private final Tape tape;
  private final int slot;

  Node(Tape tape, int slot) {
    this.tape = tape;
    this.slot = slot;
  }

  /// Whose slot this is; for any other tape the tensor is a constant.
  Tape tape() {
    return tape;
  }

  int slot() {
    return slot;
  }
}
