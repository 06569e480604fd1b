package org.clipscribe.gpt2.decoding;

import java.util.ArrayList;
import java.util.List;

/// How the tokens of a text are found.
public sealed interface SearchStrategy {

  /// The likeliest token at every step, the first of equals. Mirrors `greedy_search` of Hugging
  /// Face transformers.
  record Greedy() implements SearchStrategy {}

  /// Follows several texts at once and goes on with the best of all their continuations. Mirrors
  /// `beam_search` and `BeamSearchScorer` of Hugging Face transformers.
  ///
  /// A text's score is the sum of the natural logarithms of its tokens' probabilities, after the
  /// [LogitProcessor]s, divided by its length to the power of the penalty. With one beam the search
  /// is [Greedy], as there.
  ///
  /// @param width texts followed, at least 1
  /// @param lengthPenalty above 0 favours long texts, below 0 short ones; 1 is the mean logarithm
  /// @param stopping when texts that have ended are good enough
  /// @param length what counts as the length of a text
  record Beam(int width, double lengthPenalty, EarlyStopping stopping, LengthRule length)
      implements SearchStrategy {
    public Beam {
      if (width < 1) {
        throw new IllegalArgumentException("beam search: " + width + " beams, at least 1");
      }
      if (!Double.isFinite(lengthPenalty)) {
        throw new IllegalArgumentException("beam search: length penalty " + lengthPenalty);
      }
    }

    /// The defaults of Hugging Face transformers.
    public static Beam of(int width) {
      return new Beam(width, 1, EarlyStopping.WHEN_UNLIKELY, LengthRule.NEW_TOKENS);
    }
  }

  /// Follows several texts at once and compares them by the mean of the natural logarithms of their
  /// tokens' probabilities, those that have ended with those that grow. Mirrors `generate_beam` of
  /// ClipCap's `predict.py`.
  ///
  /// @param width texts followed, at least 1
  record MeanBeam(int width) implements SearchStrategy {
    public MeanBeam {
      if (width < 1) {
        throw new IllegalArgumentException("beam search: " + width + " beams, at least 1");
      }
    }
  }

  /// When a beam search ends, given as many ended texts as it has beams.
  enum EarlyStopping {
    /// At once: `early_stopping=True`.
    AT_ONCE,
    /// When the best open text, scored as if it ended now, is no better than the worst of them:
    /// `False`.
    WHEN_UNLIKELY,
    /// When no open text can become better than the worst of them: `"never"`.
    WHEN_IMPOSSIBLE
  }

  /// What counts as the length of a text in the score of a beam.
  enum LengthRule {
    /// The new tokens, the ending one included: Hugging Face transformers since 4.36.
    NEW_TOKENS,
    /// The prompt and the new tokens without the ending one, as in earlier versions.
    WITH_PROMPT
  }

  /// Draws each token by its probability, after the filters in the order of the parameters. Mirrors
  /// `sample` of Hugging Face transformers.
  ///
  /// Draws depend on the seed, the candidate and the step, and on nothing else, so that the same
  /// logits give the same text anywhere.
  ///
  /// @param temperature below 1 more certain, above 1 more daring; 0 is [Greedy]
  /// @param topK keeps the likeliest tokens, this many; 0 keeps all
  /// @param topP keeps the likeliest tokens that have this share of the probability; 1 keeps all
  /// @param typicalP keeps the most typical tokens that have this share; 1 keeps all
  /// @param seed of the draws
  record Sample(double temperature, int topK, double topP, double typicalP, long seed)
      implements SearchStrategy {
    public Sample {
      if (!(temperature >= 0) || Double.isInfinite(temperature)) {
        throw new IllegalArgumentException("sampling: temperature " + temperature + ", from 0 on");
      }
      if (topK < 0) {
        throw new IllegalArgumentException("sampling: top-k " + topK + ", from 0 on");
      }
      if (!(topP > 0 && topP <= 1) || !(typicalP > 0 && typicalP <= 1)) {
        throw new IllegalArgumentException(
            "sampling: top-p %s and typical-p %s, above 0 and at most 1".formatted(topP, typicalP));
      }
    }

    /// Draws by the model's own probabilities.
    public static Sample of(long seed) {
      return new Sample(1, 0, 1, 1, seed);
    }

    public Sample withTemperature(double value) {
      return new Sample(value, topK, topP, typicalP, seed);
    }

    public Sample withTopK(int value) {
      return new Sample(temperature, value, topP, typicalP, seed);
    }

    public Sample withTopP(double value) {
      return new Sample(temperature, topK, value, typicalP, seed);
    }

    public Sample withTypicalP(double value) {
      return new Sample(temperature, topK, topP, value, seed);
    }

    /// What makes the distribution that tokens are drawn from.
    ///
    /// @param atLeast tokens that a share keeps whatever it is
    List<LogitProcessor> filters(int atLeast) {
      List<LogitProcessor> filters = new ArrayList<>();
      if (temperature != 1) {
        filters.add(new Temperature(temperature));
      }
      if (topK > 0) {
        filters.add(new TopK(Math.max(topK, atLeast)));
      }
      if (topP < 1) {
        filters.add(new TopP(topP, atLeast));
      }
      if (typicalP < 1) {
        filters.add(new TypicalP(typicalP, atLeast));
      }
      return filters;
    }
  }
}
