package org.clipscribe.gpt2.decoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// When a text is complete: with a certain token, or as soon as certain words are in it. What ends
/// a text is part of it.
///
/// Mirrors `eos_token_id` and `StopStringCriteria` of Hugging Face transformers. Differs: words are
/// looked for in what was added, not also across the end of the prompt; and to a beam search, words
/// are as good an end as a token.
///
/// @param tokens each of which ends a text
/// @param texts each of which ends a text, none empty
/// @param decoder from tokens to text; not used without `texts`
public record Ending(List<Integer> tokens, List<String> texts, Function<int[], String> decoder) {
  public Ending {
    tokens = List.copyOf(tokens);
    texts = List.copyOf(texts);
    if (texts.contains("")) {
      throw new IllegalArgumentException("ending: an empty text is everywhere");
    }
  }

  /// An end at any of these tokens; at the longest length alone if there are none.
  public static Ending at(Integer... tokens) {
    return new Ending(Arrays.asList(tokens), List.of(), _ -> "");
  }

  /// The same, and an end at any of these texts.
  public Ending orAfter(List<String> words, Function<int[], String> decoding) {
    return new Ending(tokens, words, decoding);
  }

  /// Whether the last token completed the text.
  boolean isReached(Draft draft) {
    return tokens.contains(draft.token(draft.length() - 1)) || isReachedByText(draft);
  }

  private boolean isReachedByText(Draft draft) {
    for (String text : texts) {
      // A token is a byte at least, and what is new must reach into the last one.
      int most = text.getBytes(StandardCharsets.UTF_8).length;
      if (decoder.apply(draft.lastAdded(most)).contains(text)) {
        return true;
      }
    }
    return false;
  }
}
