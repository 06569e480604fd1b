package org.clipscribe.gpt2.decoding;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.clipscribe.gpt2.decoding.Search.Move;
import org.clipscribe.tensor.Tensor;

/// Continues texts side by side: a step reads the model's weights once for all beams and candidates
/// of all texts.
///
/// @param decoding what to write
/// @param ending when a text is complete
/// @param listener hears of tokens
public record Decoder(Decoding decoding, Ending ending, TokenListener listener) {
  /// @param prompts what each text begins with, as far as it is tokens: what processors look at
  /// @param lanes one for each prompt
  /// @return for each prompt its continuations, [Decoding#candidates] or fewer; of a beam search
  ///     the best first, else as they were drawn
  public List<List<Generated>> decode(List<int[]> prompts, Lanes lanes) {
    List<Search> searches =
        IntStream.range(0, prompts.size()).mapToObj(i -> search(i, prompts.get(i))).toList();
    Tensor logits = lanes.begin();
    while (true) {
      List<Move> moves = moves(searches, new StepLogits(logits));
      if (moves.isEmpty()) {
        return searches.stream().map(Search::results).toList();
      }
      logits =
          lanes.advance(
              moves.stream().mapToInt(Move::parent).toArray(),
              moves.stream().mapToInt(Move::token).toArray());
    }
  }

  private static List<Move> moves(List<Search> searches, StepLogits logits) {
    List<Move> moves = new ArrayList<>();
    int first = 0;
    for (Search search : searches) {
      int lanes = search.lanes();
      moves.addAll(search.step(logits, first));
      first += lanes;
    }
    return moves;
  }

  private Search search(int text, int[] prompt) {
    Draft draft = Draft.of(prompt);
    List<LogitProcessor> processors = decoding.processors(ending);
    return switch (decoding.strategy()) {
      case SearchStrategy.Beam beam when beam.width() > 1 ->
          new BeamSearch(draft, beam, decoding, ending);
      case SearchStrategy.MeanBeam(int width) -> new MeanBeamSearch(draft, width, decoding, ending);
      case SearchStrategy.Sample sample when sample.temperature() > 0 ->
          walks(text, draft, Choices.random(processors, sample.filters(1), sample.seed()));
      case SearchStrategy _ -> walks(text, draft, Choices.likeliest(processors));
    };
  }

  private Search walks(int text, Draft draft, Walks.Choice choice) {
    List<IntConsumer> listeners =
        IntStream.range(0, decoding.candidates())
            .<IntConsumer>mapToObj(i -> token -> listener.added(text, i, token))
            .toList();
    return new Walks(draft, choice, ending, decoding.maxTokens(), listeners);
  }
}
