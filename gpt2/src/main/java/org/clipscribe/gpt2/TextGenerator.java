package org.clipscribe.gpt2;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// Continues a sequence of tokens.
///
/// @param backend where the model was loaded
public record TextGenerator(Gpt2 model, Backend backend) {
  /// Takes the token of the highest score at every step; the first of equals. Mirrors
  /// `greedy_search` of Hugging Face transformers.
  ///
  /// @param prompt at least one token
  /// @param maxTokens the most tokens to add; fewer when the model's positions run out
  /// @param end tokens that end the text
  /// @return the new tokens, the one that ended it included
  public int[] greedy(int[] prompt, int maxTokens, IntPredicate end) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("greedy: the prompt is empty, it needs a start token");
    }
    // The last token is only read off, so it needs no position.
    int most = Math.min(maxTokens, model.config().positions() - prompt.length + 1);
    if (most <= 0) {
      return new int[0];
    }
    KvCache cache = model.newCache(backend, prompt.length + most - 1);
    int[] added = new int[most];
    int[] input = prompt;
    for (int count = 0; count < most; count++) {
      Tensor positions = model.positions(backend, cache.size(), input.length);
      Tensor hidden = model.forward(model.embed(backend, input).plus(positions), Pass.over(cache));
      Tensor last = hidden.leading(input.length - 1, input.length);
      added[count] = model.logits(last).argMax()[0];
      if (end.test(added[count])) {
        return Arrays.copyOf(added, count + 1);
      }
      input = new int[] {added[count]};
    }
    return added;
  }
}
