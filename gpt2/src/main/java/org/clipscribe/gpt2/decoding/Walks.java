package org.clipscribe.gpt2.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// Texts that grow by a token a step, each by itself, from a common beginning: greedy decoding and
/// sampling.
final class Walks implements Search {
  /// What a token is chosen by.
  @FunctionalInterface
  interface Choice {
    int NOTHING = -1;

    /// @param step the number of tokens chosen before
    /// @return a token, or [#NOTHING] when none is possible
    int choose(StepLogits logits, int lane, Draft draft, int candidate, int step);
  }

  private static final class Walk {
    private final int candidate;
    private final IntConsumer listener;
    private Draft draft;
    private double logProbability;
    private boolean ended;

    Walk(int candidate, Draft draft, IntConsumer listener) {
      this.candidate = candidate;
      this.draft = draft;
      this.listener = listener;
    }

    void add(int token, double logarithm) {
      draft = draft.plus(token);
      logProbability += logarithm;
      listener.accept(token);
    }

    Generated generated() {
      int count = draft.added();
      return new Generated(
          ints(draft.lastAdded(count)), count == 0 ? 0 : logProbability / count, ended);
    }
  }

  private final Choice choice;
  private final Ending ending;
  private final int maxTokens;
  private final List<Walk> walks;
  private List<Walk> open;
  private int steps;

  /// @param listeners one for each candidate
  Walks(Draft draft, Choice choice, Ending ending, int maxTokens, List<IntConsumer> listeners) {
    this.choice = choice;
    this.ending = ending;
    this.maxTokens = maxTokens;
    this.walks = new ArrayList<>();
    listeners.forEach(listener -> walks.add(new Walk(walks.size(), draft, listener)));
    this.open = walks;
  }

  static List<Integer> ints(int[] tokens) {
    return Arrays.stream(tokens).boxed().toList();
  }

  /// All begin in one lane.
  @Override
  public int lanes() {
    return steps == 0 ? 1 : open.size();
  }

  @Override
  public List<Move> step(StepLogits logits, int first) {
    List<Walk> going = new ArrayList<>();
    List<Move> moves = new ArrayList<>();
    for (int i = 0; i < open.size(); i++) {
      Walk walk = open.get(i);
      int lane = steps == 0 ? first : first + i;
      int token = choice.choose(logits, lane, walk.draft, walk.candidate, steps);
      if (token == Choice.NOTHING) {
        continue;
      }
      walk.add(token, logits.logProbability(lane, token));
      walk.ended = ending.isReached(walk.draft);
      if (!walk.ended && steps + 1 < maxTokens) {
        going.add(walk);
        moves.add(new Move(lane, token));
      }
    }
    steps++;
    open = going;
    return moves;
  }

  @Override
  public List<Generated> results() {
    return walks.stream().map(Walk::generated).toList();
  }
}
