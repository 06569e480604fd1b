package org.clipscribe.gpt2;

import java.util.List;
import org.clipscribe.gpt2.decoding.Decoder;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.gpt2.decoding.Generated;
import org.clipscribe.gpt2.decoding.TokenListener;
import org.clipscribe.tensor.spi.Backend;

/// Continues a sequence of tokens. Mirrors `generate` of Hugging Face transformers.
///
/// @param backend where the model was loaded
public record TextGenerator(Gpt2 model, Backend backend) {
  /// @param prompt at least one token
  /// @param decoding what to write; fewer tokens when the model's positions run out
  /// @param ending when a text is complete
  /// @param listener hears of tokens as they come
  /// @return [Decoding#candidates] texts or fewer; none when the prompt takes more than all
  ///     positions
  public List<Generated> generate(
      int[] prompt, Decoding decoding, Ending ending, TokenListener listener) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("generate: the prompt is empty, it needs a start token");
    }
    // The last token is only read off, so it needs no position.
    int most = Math.min(decoding.maxTokens(), model.config().positions() - prompt.length + 1);
    if (most <= 0) {
      return List.of();
    }
    Decoder decoder = new Decoder(decoding.withMaxTokens(most), ending, listener);
    return decoder
        .decode(List.of(prompt), new PromptLanes(model, backend, prompt, most))
        .getFirst();
  }

  /// The same without a listener.
  public List<Generated> generate(int[] prompt, Decoding decoding, Ending ending) {
    return generate(prompt, decoding, ending, TokenListener.NONE);
  }
}
