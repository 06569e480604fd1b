package org.clipscribe.gpt2.decoding;

import java.util.BitSet;

/// Makes tokens that the text or its prompt has already less likely: positive scores are divided by
/// the penalty and negative ones multiplied (Keskar et al., 2019, "CTRL"). Mirrors
/// `RepetitionPenaltyLogitsProcessor`.
///
/// @param penalty above 0; 1 changes nothing, more discourages, less encourages
public record RepetitionPenalty(double penalty) implements LogitProcessor {
  public RepetitionPenalty {
    if (!(penalty > 0) || Double.isInfinite(penalty)) {
      throw new IllegalArgumentException("repetition penalty: " + penalty + ", above 0");
    }
  }

  @Override
  public void process(Draft draft, double[] scores) {
    BitSet seen = new BitSet();
    for (int i = 0; i < draft.length(); i++) {
      int token = draft.token(i);
      if (!seen.get(token)) {
        seen.set(token); // a token that occurs twice is punished once
        scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
      }
    }
  }
}
