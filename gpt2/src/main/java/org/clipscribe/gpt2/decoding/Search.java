package org.clipscribe.gpt2.decoding;

import java.util.List;

/// The search for the continuations of one text, one step at a time.
interface Search {
  /// How a lane goes on.
  ///
  /// @param parent the lane before, of all lanes
  record Move(int parent, int token) {}

  /// Lanes that it looks at in the next step.
  int lanes();

  /// Chooses tokens.
  ///
  /// @param first where its lanes begin
  /// @return its lanes from now on; none when it has come to its end
  List<Move> step(StepLogits logits, int first);

  /// What it found, once it has come to its end.
  List<Generated> results();
}
