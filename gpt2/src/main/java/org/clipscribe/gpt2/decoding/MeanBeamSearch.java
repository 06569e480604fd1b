package org.clipscribe.gpt2.decoding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Beam search that compares texts by the mean of what each token scored. Mirrors `generate_beam`
/// of ClipCap's `predict.py`.
///
/// Every text keeps its beam when it ends, with its score and its length as they are, and is
/// compared with those that grow: a text goes as soon as others are better, ended or not.
///
/// Differs: a text that has ended takes no lane, where the original reads on and masks the result;
/// [LogitProcessor]s apply, which the original does not have.
final class MeanBeamSearch implements Search {
  /// @param sum of the logarithms of its tokens' probabilities
  /// @param lane where it grew, of the lanes of the step before; of no meaning once it ended
  private record Beam(Draft draft, double sum, int lane, boolean ended) {
    double mean() {
      return sum / Math.max(1, draft.added());
    }
  }

  private final int width;
  private final List<LogitProcessor> processors;
  private final Ending ending;
  private final int candidates;
  private final int maxTokens;
  private List<Beam> beams;
  private boolean done;

  MeanBeamSearch(Draft draft, int width, Decoding decoding, Ending ending) {
    this.width = width;
    this.processors = decoding.processors(ending);
    this.ending = ending;
    this.candidates = decoding.candidates();
    this.maxTokens = decoding.maxTokens();
    this.beams = List.of(new Beam(draft, 0, 0, false));
  }

  @Override
  public int lanes() {
    return done ? 0 : (int) beams.stream().filter(beam -> !beam.ended).count();
  }

  @Override
  public List<Move> step(StepLogits logits, int first) {
    if (done) {
      return List.of();
    }
    List<Beam> next = new ArrayList<>();
    for (Beam beam : beams) {
      if (beam.ended) {
        next.add(beam);
      } else {
        next.addAll(continued(beam, logits, first));
      }
    }
    // The sort is stable, so that of equals the one that came first stays before.
    next.sort(Comparator.comparingDouble(Beam::mean).reversed());
    List<Beam> best = next.subList(0, Math.min(width, next.size()));
    if (!best.isEmpty()) { // else every token is impossible, and texts stay as they are
      beams = List.copyOf(best);
    }
    boolean full = beams.stream().anyMatch(beam -> beam.draft.added() >= maxTokens);
    done = best.isEmpty() || full || beams.stream().allMatch(Beam::ended);
    return done ? List.of() : moves(first);
  }

  /// The best that can become of one text: more could not stay.
  private List<Beam> continued(Beam beam, StepLogits logits, int first) {
    TopCandidates top = new TopCandidates(width);
    if (processors.isEmpty()) {
      logits.offerTo(top, first, beam.lane, beam.sum);
    } else {
      double[] scores = logits.logProbabilities(first + beam.lane);
      processors.forEach(processor -> processor.process(beam.draft, scores));
      top.offer(beam.lane, beam.sum, scores);
    }
    List<Beam> continued = new ArrayList<>();
    for (int rank = 0; rank < top.size(); rank++) {
      Draft draft = beam.draft.plus(top.token(rank));
      continued.add(new Beam(draft, top.score(rank), beam.lane, ending.isReached(draft)));
    }
    return continued;
  }

  /// Gives each open text a lane behind those of the others.
  private List<Move> moves(int first) {
    List<Move> moves = new ArrayList<>();
    List<Beam> placed = new ArrayList<>();
    for (Beam beam : beams) {
      if (beam.ended) {
        placed.add(beam);
      } else {
        placed.add(new Beam(beam.draft, beam.sum, moves.size(), false));
        int token = beam.draft.token(beam.draft.length() - 1);
        moves.add(new Move(first + beam.lane, token));
      }
    }
    beams = List.copyOf(placed);
    return moves;
  }

  @Override
  public List<Generated> results() {
    return beams.stream()
        .limit(candidates)
        .map(
            beam ->
                new Generated(
                    Walks.ints(beam.draft.lastAdded(beam.draft.added())), beam.mean(), beam.ended))
        .toList();
  }
}
