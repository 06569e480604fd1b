package org.clipscribe.gpt2.decoding;

import java.util.List;

/// The ways in which [Walks] choose.
final class Choices {
  private Choices() {}

  /// The likeliest token, the first of equals.
  static Walks.Choice likeliest(List<LogitProcessor> processors) {
    if (processors.isEmpty()) {
      return (logits, lane, _, _, _) -> logits.likeliest(lane);
    }
    return (logits, lane, draft, _, _) -> {
      double[] scores = logits.logits(lane);
      processors.forEach(processor -> processor.process(draft, scores));
      int best = Walks.Choice.NOTHING;
      double largest = Double.NEGATIVE_INFINITY;
      for (int token = 0; token < scores.length; token++) {
        if (scores[token] > largest) {
          best = token;
          largest = scores[token];
        }
      }
      return best;
    };
  }

  /// A token by its probability after processors and filters.
  static Walks.Choice random(
      List<LogitProcessor> processors, List<LogitProcessor> filters, long seed) {
    CounterRandom random = new CounterRandom(seed);
    return (logits, lane, draft, candidate, step) -> {
      double[] scores = logits.logits(lane);
      processors.forEach(processor -> processor.process(draft, scores));
      filters.forEach(filter -> filter.process(draft, scores));
      return draw(Softmax.of(scores), random.uniform(candidate, step));
    };
  }

  /// The token in whose stretch of the line from 0 to 1 a point lies.
  static int draw(double[] probabilities, double point) {
    int token = Walks.Choice.NOTHING;
    double end = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0) {
        token = i; // the last possible one, should rounding leave a gap before 1
        end += probabilities[i];
        if (point < end) {
          return token;
        }
      }
    }
    return token;
  }
}
