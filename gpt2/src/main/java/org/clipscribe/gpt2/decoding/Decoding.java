package org.clipscribe.gpt2.decoding;

import java.util.ArrayList;
import java.util.List;

/// What to write: how tokens are found, how many, and what keeps the model from its habits.
///
/// ```java
/// Decoding.greedy(40).with(new RepetitionPenalty(1.2)).with(new NoRepeatNgram(3))
/// Decoding.of(SearchStrategy.Beam.of(4), 40).withCandidates(4)
/// ```
///
/// @param strategy how tokens are found
/// @param candidates how many texts for each prompt, at least 1: one for greedy decoding, at most
///     as many as there are beams
/// @param minTokens as many are added at least before a token may end the text
/// @param maxTokens as many are added at most, the ending one included; at least 1
/// @param processors change scores before a token is chosen, in this order. Greedy decoding and
///     sampling hand them logits, a beam search logarithms of probabilities, as Hugging Face
///     transformers do
public record Decoding(
    SearchStrategy strategy,
    int candidates,
    int minTokens,
    int maxTokens,
    List<LogitProcessor> processors) {

  public Decoding {
    processors = List.copyOf(processors);
    int most =
        switch (strategy) {
          case SearchStrategy.Greedy() -> 1;
          case SearchStrategy.Beam beam -> beam.width();
          case SearchStrategy.MeanBeam beam -> beam.width();
          case SearchStrategy.Sample _ -> Integer.MAX_VALUE;
        };
    if (candidates < 1 || candidates > most) {
      throw new IllegalArgumentException(
          "decoding: %d candidates of %s, 1 to %d".formatted(candidates, strategy, most));
    }
    if (minTokens < 0 || maxTokens < 1) {
      throw new IllegalArgumentException(
          "decoding: %d to %d tokens, at least 0 to 1".formatted(minTokens, maxTokens));
    }
  }

  /// One text in any way.
  public static Decoding of(SearchStrategy strategy, int maxTokens) {
    return new Decoding(strategy, 1, 0, maxTokens, List.of());
  }

  /// Always the likeliest token.
  public static Decoding greedy(int maxTokens) {
    return of(new SearchStrategy.Greedy(), maxTokens);
  }

  public Decoding withCandidates(int count) {
    return new Decoding(strategy, count, minTokens, maxTokens, processors);
  }

  public Decoding withMinTokens(int count) {
    return new Decoding(strategy, candidates, count, maxTokens, processors);
  }

  public Decoding withMaxTokens(int count) {
    return new Decoding(strategy, candidates, minTokens, count, processors);
  }

  /// With one more processor, behind the others.
  public Decoding with(LogitProcessor processor) {
    List<LogitProcessor> more = new ArrayList<>(processors);
    more.add(processor);
    return new Decoding(strategy, candidates, minTokens, maxTokens, more);
  }

  /// How many lanes each text takes, for those who share memory out.
  public int lanes() {
    return switch (strategy) {
      case SearchStrategy.Beam beam -> beam.width();
      case SearchStrategy.MeanBeam beam -> beam.width();
      case SearchStrategy _ -> candidates;
    };
  }

  /// The processors, and what sees to the least length.
  List<LogitProcessor> processors(Ending ending) {
    return minTokens == 0
        ? processors
        : with(new MinimumLength(minTokens, ending.tokens())).processors;
  }
}
