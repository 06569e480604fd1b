package org.clipscribe.captioner;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Gpt2Decoder;
import org.clipscribe.gpt2.decoding.Decoder;
import org.clipscribe.gpt2.decoding.Decoding;
import org.clipscribe.gpt2.decoding.Ending;
import org.clipscribe.gpt2.decoding.Generated;
import org.clipscribe.gpt2.decoding.TokenListener;
import org.clipscribe.nn.BadInputException;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.spi.Backend;

/// From what a decoder is given of pictures to captions.
///
/// @param tokenizer from tokens to words
record CaptionWriter(Backend backend, Gpt2 gpt2, CaptionForm form, Gpt2Decoder tokenizer) {

  /// Writes captions of several pictures side by side; none changes what becomes of another.
  ///
  /// @param prompt the request's, as tokens
  /// @param probe see [CaptionLanes]
  /// @return in the order of the pictures, of each its candidates
  List<List<Caption>> write(
      ImageContext context, CaptionRequest request, int[] prompt, Probe probe) {
    Beginning beginning = Beginning.of(backend, gpt2, context, form, tokenizer.endOfText());
    Decoding decoding = fitting(request.decoding(), beginning.length(), prompt.length);
    Ending ending = Ending.at(end()).orAfter(request.stops(), tokenizer::decode);
    CaptionLanes lanes =
        new CaptionLanes(
            backend, gpt2, form.positionRule(), beginning, prompt, decoding.maxTokens(), probe);
    int[] seen = seenBefore(prompt);
    return new Decoder(decoding, ending, TokenListener.NONE)
            .decode(IntStream.range(0, beginning.captions()).mapToObj(_ -> seen).toList(), lanes)
            .stream()
            .map(found -> found.stream().map(one -> caption(prompt, one)).toList())
            .toList();
  }

  /// What processors and the length of a text take for the prompt. Hugging Face counts the begin
  /// token of an encoder-decoder, and its own captioners have no other.
  private int[] seenBefore(int[] prompt) {
    return form.architecture() == Architecture.ENCODER_DECODER
        ? IntStream.concat(
                IntStream.of(form.begin().orElse(tokenizer.endOfText())), Arrays.stream(prompt))
            .toArray()
        : prompt;
  }

  private int end() {
    return form.end().orElse(tokenizer.endOfText());
  }

  /// As many tokens as there are positions for.
  private Decoding fitting(Decoding decoding, int prefixLength, int promptLength) {
    // The last token is only read off, so it needs no position.
    int room = gpt2.config().positions() - prefixLength + 1;
    if (promptLength >= room) {
      throw new BadInputException(
          "prompt",
          "%d tokens are too long: the model has room for a caption of %d"
              .formatted(promptLength, room));
    }
    return decoding.withMaxTokens(Math.min(decoding.maxTokens(), room - promptLength));
  }

  private Caption caption(int[] prompt, Generated generated) {
    List<Integer> tokens =
        Stream.concat(Arrays.stream(prompt).boxed(), generated.tokens().stream()).toList();
    return new Caption(text(tokens, generated), tokens, generated.score());
  }

  /// The words behind the tokens, finished the way each family does.
  private String text(List<Integer> tokens, Generated generated) {
    boolean closed = !generated.tokens().isEmpty() && generated.tokens().getLast() == end();
    return switch (form.architecture()) {
      case CLIP_GPT -> original(tokens, closed, generated);
      case CLIPCAP -> tokenizer.decodeCleaned(ids(tokens, false)).strip(); // the stop belongs to it
      case ENCODER_DECODER -> tokenizer.decodeCleaned(ids(tokens, closed)).strip();
    };
  }

  private String original(List<Integer> tokens, boolean closed, Generated generated) {
    return switch (form.positionRule()) {
      case CLEAN -> tokenizer.decode(ids(tokens, closed)).strip();
      // The original drops the last token whatever it is, also when the length limit ended the
      // loop. It knows no other end, so a text that was asked for stays.
      case ORIGINAL -> {
        boolean dropped = closed || (!generated.ended() && !generated.tokens().isEmpty());
        yield capitalised(tokenizer.decodeCleaned(ids(tokens, dropped)).strip());
      }
    };
  }

  private static int[] ids(List<Integer> tokens, boolean withoutLast) {
    int count = tokens.size() - (withoutLast ? 1 : 0);
    return tokens.subList(0, count).stream().mapToInt(id -> id).toArray();
  }

  private static String capitalised(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT) + text.substring(first);
  }
}
