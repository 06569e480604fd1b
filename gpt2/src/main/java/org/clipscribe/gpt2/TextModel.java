package org.clipscribe.gpt2;

import java.util.List;
import java.util.function.Consumer;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.gpt2.decoding.Generated;
import org.clipscribe.gpt2.decoding.TokenListener;
import org.clipscribe.nn.BadInputException;

/// Continues text: a GPT-2 with its tokenizer. May be used by many threads at once.
///
/// ```java
/// var model = new TextModel(new TextGenerator(gpt2, backend), tokenizer);
/// model.generate("Once upon a time", Decoding.greedy(40), List.of()).getFirst().text();
/// ```
public record TextModel(TextGenerator generator, Gpt2Tokenizer tokenizer) {
  /// @throws BadInputException when the two do not fit each other
  public TextModel {
    int tokens = tokenizer.vocabularySize();
    int expected = generator.model().config().vocabulary();
    if (tokens != expected) {
      throw new BadInputException(
          "tokenizer", "has %d tokens, but the model is for %d".formatted(tokens, expected));
    }
  }

  /// Continues a prompt until the model ends the text.
  ///
  /// @param prompt nothing at all stands for the beginning of a text
  /// @param decoding what to write; fewer tokens when the model's positions run out
  /// @param stops texts that end the text, too
  /// @param listener gets the text of the first candidate piece by piece, as soon as each is
  ///     certain; a beam search is certain of nothing before it returns
  /// @return as many texts as were asked for, of a beam search the best first
  /// @throws BadInputException when the prompt leaves no room
  public List<GeneratedText> generate(
      String prompt, Decoding decoding, List<String> stops, Consumer<String> listener) {
    int end = tokenizer.endOfText();
    int[] tokens = prompt.isEmpty() ? new int[] {end} : tokenizer.encode(prompt);
    int positions = generator.model().config().positions();
    if (tokens.length > positions) {
      throw new BadInputException(
          "prompt",
          "%d tokens are too long: the model reads %d".formatted(tokens.length, positions));
    }
    TextPieces pieces = new TextPieces(tokenizer, listener);
    TokenListener tokenListener =
        (_, candidate, token) -> {
          if (candidate == 0 && token != end) {
            pieces.add(token);
          }
        };
    Ending ending = Ending.at(end).orAfter(stops, tokenizer::decode);
    List<Generated> found = generator.generate(tokens, decoding, ending, tokenListener);
    pieces.end();
    return found.stream().map(this::text).toList();
  }

  /// The same without a listener.
  public List<GeneratedText> generate(String prompt, Decoding decoding, List<String> stops) {
    return generate(prompt, decoding, stops, _ -> {});
  }

  private GeneratedText text(Generated generated) {
    List<Integer> tokens = generated.tokens();
    boolean closed = !tokens.isEmpty() && tokens.getLast() == tokenizer.endOfText();
    int[] shown =
        tokens.subList(0, tokens.size() - (closed ? 1 : 0)).stream().mapToInt(id -> id).toArray();
    return new GeneratedText(tokenizer.decode(shown), tokens, generated.score(), generated.ended());
  }
}
