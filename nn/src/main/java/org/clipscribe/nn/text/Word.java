package org.clipscribe.nn.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;

/// One word on its way from bytes to tokens: a linked list of tokens in which neighbours merge,
/// best pair first. Takes `n log n` steps for `n` bytes.
final class Word {
  private static final int NONE = -1;

  private final Merges merges;
  private final int[] tokens;
  private final int[] previous;
  private final int[] next;
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingInt(Candidate::rank).thenComparingInt(Candidate::position));

  /// Two neighbours that may merge. It goes stale when one of them merges with somebody else first.
  private record Candidate(int rank, int position, int left, int right, int merged) {}

  /// @param tokens one for each byte, at least one; changed
  Word(int[] tokens, Merges merges) {
    this.merges = merges;
    this.tokens = tokens;
    this.previous = new int[tokens.length];
    this.next = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < tokens.length ? i + 1 : NONE;
    }
  }

  /// Merges as long as anything merges. In each round, all places where the best pair stands are
  /// merged from left to right before any pair that this makes comes up, as in `bpe` of OpenAI's
  /// GPT-2: it matters when a merge makes a pair of a better rank than its own.
  void merge() {
    for (int i = 0; i < tokens.length; i++) {
      offer(i);
    }
    List<Candidate> round = new ArrayList<>();
    while (!queue.isEmpty()) {
      int rank = queue.peek().rank();
      while (!queue.isEmpty() && queue.peek().rank() == rank) {
        round.add(queue.remove());
      }
      for (Candidate candidate : round) {
        if (isStillThere(candidate)) {
          join(candidate);
        }
      }
      round.clear();
    }
  }

  void forEach(IntConsumer sink) {
    for (int i = 0; i != NONE; i = next[i]) {
      sink.accept(tokens[i]);
    }
  }

  private void offer(int position) {
    if (position == NONE || next[position] == NONE) {
      return;
    }
    int left = tokens[position];
    int right = tokens[next[position]];
    Merges.Merge merge = merges.of(left, right);
    if (merge != null) {
      queue.add(new Candidate(merge.rank(), position, left, right, merge.token()));
    }
  }

  private boolean isStillThere(Candidate candidate) {
    int position = candidate.position();
    return tokens[position] == candidate.left()
        && next[position] != NONE
        && tokens[next[position]] == candidate.right();
  }

  private void join(Candidate candidate) {
    int position = candidate.position();
    int swallowed = next[position];
    tokens[position] = candidate.merged();
    tokens[swallowed] = NONE; // no candidate fits it any more
    next[position] = next[swallowed];
    if (next[position] != NONE) {
      previous[next[position]] = position;
    }
    offer(previous[position]);
    offer(position);
  }
}
