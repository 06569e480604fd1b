package org.clipscribe.gpt2.decoding;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Beam search over the continuations of one text. Mirrors `BeamSearchScorer` and `BeamHypotheses`
/// of Hugging Face `generation/beam_search.py`.
///
/// Differs: begins with one lane, where the original has all beams the same and all but the first
/// made impossible.
final class BeamSearch implements Search {
  /// An open text.
  ///
  /// @param sum of the logarithms of its tokens' probabilities
  /// @param lane where it grew, of the lanes of the step before
  private record Beam(Draft draft, double sum, int lane) {}

  /// A text that has ended, or was cut.
  private record Hypothesis(Draft draft, double score, boolean ended) {}

  private final SearchStrategy.Beam strategy;
  private final List<LogitProcessor> processors;
  private final Ending ending;
  private final int candidates;
  private final int maxTokens;
  private final int promptLength;
  private final List<Hypothesis> best = new ArrayList<>(); // first the best, at most `width`
  private List<Beam> beams;

  BeamSearch(Draft draft, SearchStrategy.Beam strategy, Decoding decoding, Ending ending) {
    this.strategy = strategy;
    this.processors = decoding.processors(ending);
    this.ending = ending;
    this.candidates = decoding.candidates();
    this.maxTokens = decoding.maxTokens();
    this.promptLength = draft.length();
    this.beams = List.of(new Beam(draft, 0, 0));
  }

  @Override
  public int lanes() {
    return beams.size();
  }

  @Override
  public List<Move> step(StepLogits logits, int first) {
    if (beams.isEmpty()) {
      return List.of();
    }
    // Twice as many as beams, so that enough are left if half of them end their texts.
    TopCandidates top = new TopCandidates(2 * strategy.width());
    for (int lane = 0; lane < beams.size(); lane++) {
      Beam beam = beams.get(lane);
      if (processors.isEmpty()) {
        logits.offerTo(top, first, lane, beam.sum);
      } else {
        double[] scores = logits.logProbabilities(first + lane);
        processors.forEach(processor -> processor.process(beam.draft, scores));
        top.offer(lane, beam.sum, scores);
      }
    }
    List<Beam> next = new ArrayList<>();
    for (int rank = 0; rank < top.size() && next.size() < strategy.width(); rank++) {
      int lane = top.beam(rank);
      Draft draft = beams.get(lane).draft.plus(top.token(rank));
      Beam child = new Beam(draft, top.score(rank), lane);
      if (!ending.isReached(draft)) {
        next.add(child);
      } else if (rank < strategy.width()) {
        add(child, true);
      }
    }
    int before = beams.getFirst().draft.added();
    if (top.size() == 0) {
      return close(beams); // every token is impossible
    }
    if (isDone(top.score(0), before)) {
      return close(List.of());
    }
    if (before + 1 == maxTokens) {
      return close(next);
    }
    beams = inTheLanesOfTheirParents(next);
    return beams.stream()
        .map(beam -> new Move(first + beam.lane, beam.draft.token(beam.draft.length() - 1)))
        .toList();
  }

  /// Puts a child of each parent where the parent was, so that what a model remembers of the text
  /// can stay where it is.
  private static List<Beam> inTheLanesOfTheirParents(List<Beam> children) {
    List<Beam> others = new ArrayList<>();
    @Nullable Beam[] lanes = new Beam[children.size()];
    for (Beam child : children) {
      if (child.lane < lanes.length && lanes[child.lane] == null) {
        lanes[child.lane] = child;
      } else {
        others.add(child);
      }
    }
    Iterator<Beam> rest = others.iterator();
    List<Beam> placed = new ArrayList<>();
    for (Beam staying : lanes) {
      placed.add(staying == null ? rest.next() : staying);
    }
    return placed;
  }

  /// Ends the search; open texts take part as they are.
  private List<Move> close(List<Beam> cut) {
    cut.forEach(beam -> add(beam, false));
    beams = List.of();
    return List.of();
  }

  private void add(Beam beam, boolean ended) {
    double score = penalised(beam.sum, length(beam.draft.added(), ended));
    int rank = 0;
    while (rank < best.size() && best.get(rank).score >= score) {
      rank++;
    }
    best.add(rank, new Hypothesis(beam.draft, score, ended));
    if (best.size() > strategy.width()) {
      best.removeLast();
    }
  }

  /// Whether open texts are no more worth following.
  ///
  /// @param sum of the best continuation
  /// @param before tokens added before this step
  private boolean isDone(double sum, int before) {
    if (best.size() < strategy.width()) {
      return false;
    }
    int now =
        switch (strategy.length()) {
          case NEW_TOKENS -> before + 1;
          case WITH_PROMPT -> promptLength + before;
        };
    int most =
        switch (strategy.length()) {
          case NEW_TOKENS -> maxTokens;
          case WITH_PROMPT -> promptLength + maxTokens;
        };
    double worst = best.getLast().score;
    return switch (strategy.stopping()) {
      case AT_ONCE -> true;
      case WHEN_UNLIKELY -> worst >= penalised(sum, now);
      case WHEN_IMPOSSIBLE -> worst >= penalised(sum, strategy.lengthPenalty() > 0 ? most : now);
    };
  }

  /// The length of a text in its score.
  private int length(int added, boolean ended) {
    return switch (strategy.length()) {
      case NEW_TOKENS -> added;
      case WITH_PROMPT -> promptLength + added - (ended ? 1 : 0);
    };
  }

  private double penalised(double sum, int length) {
    return sum / StrictMath.pow(Math.max(1, length), strategy.lengthPenalty());
  }

  @Override
  public List<Generated> results() {
    return best.stream()
        .limit(candidates)
        .map(
            found ->
                new Generated(
                    Walks.ints(found.draft.lastAdded(found.draft.added())),
                    found.draft.added() == 0 ? 0 : found.score,
                    found.ended))
        .toList();
  }
}
