package org.clipscribe.captioner.training;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.clipscribe.captioner.EncoderMapping;
import org.clipscribe.captioner.MappingNetwork;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.gpt2.Pass;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// How badly a mapping network and a decoder caption images, under a [CaptionRule].
///
/// Mirrors `Net.train_forward` of clip-gpt-captioning's `model.py`, and `train` of ClipCap's
/// `train.py`.
///
/// @param end the token that begins and ends a text, and pads the shorter ones of a batch
public record CaptionLoss(MappingNetwork mapping, Gpt2 gpt2, CaptionRule rule, int end) {
  /// How many targets the loss over these captions has.
  ///
  /// @param captions as [CaptionRule#learned] gives them
  public int targets(int[][] captions) {
    int longest = longest(captions);
    return Arrays.stream(captions)
        .mapToInt(caption -> rule == CaptionRule.ORIGINAL ? longest : caption.length)
        .map(tokens -> Math.max(0, tokens - rule.unlearned()))
        .sum();
  }

  private static int longest(int[][] captions) {
    return Arrays.stream(captions).mapToInt(caption -> caption.length).max().orElse(0);
  }

  /// @param embeddings `[B, D]`
  /// @param captions `B`, as [CaptionRule#learned] gives them
  /// @return the mean over the targets, rank 0
  public Tensor of(Tensor embeddings, int[][] captions, Dropout dropout) {
    return rule == CaptionRule.ORIGINAL
        ? original(embeddings, captions, dropout)
        : sane(embeddings, captions, dropout);
  }

  private Tensor sane(Tensor embeddings, int[][] captions, Dropout dropout) {
    Tensor prefix = mapping.forward(embeddings, Probe.NONE, dropout.at("mapping"));
    if (rule == CaptionRule.SANE_B) {
      int[][] begin = new int[captions.length][0]; // padded to the token it is
      prefix = Tensor.concatenate(1, rows(prefix.backend(), begin, 1), prefix);
    }
    int prefixLength = prefix.shape().extent(1);
    int shown = longest(captions) - 1; // the last token is only predicted
    Tensor hidden = decoded(prefix, captions, shown, 1, null, dropout);
    int length = prefixLength + shown;
    int[] targets = new int[captions.length * length];
    Arrays.fill(targets, Tensor.IGNORED);
    int unlearned = rule.unlearned();
    for (int i = 0; i < captions.length; i++) {
      int first = i * length + prefixLength - 1; // the last row of the prefix
      System.arraycopy(
          captions[i], unlearned, targets, first + unlearned, captions[i].length - unlearned);
    }
    return gpt2.loss(hidden, targets);
  }

  /// Cross-entropy of probabilities, as if they were logits.
  private Tensor original(Tensor embeddings, int[][] captions, Dropout dropout) {
    if (!(mapping instanceof EncoderMapping encoder)) {
      throw new IllegalArgumentException("rule original: " + mapping.getClass().getSimpleName());
    }
    Tensor prefix = encoder.forwardAcross(embeddings, dropout.at("mapping"));
    int prefixLength = mapping.prefixLength();
    int length = longest(captions);
    int[] lengths = new int[captions.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = prefixLength + Math.min(captions[i].length, length - 1);
    }
    Tensor hidden = decoded(prefix, captions, length - 1, 2, lengths, dropout);
    int last = hidden.shape().extent(1);
    Tensor logits = gpt2.logits(hidden.slice(1, prefixLength, last));
    int[] targets =
        Arrays.stream(captions)
            .flatMapToInt(c -> IntStream.of(padded(c, length)).skip(rule.unlearned()))
            .toArray();
    return logits.softmax().crossEntropy(targets);
  }

  /// Runs the decoder over a prefix and the captions behind it.
  ///
  /// @param shown tokens of each caption
  /// @param times how often positions are added
  private Tensor decoded(
      Tensor prefix,
      int[][] captions,
      int shown,
      int times,
      int @Nullable [] lengths,
      Dropout dropout) {
    Backend backend = prefix.backend();
    Tensor all =
        shown == 0 ? prefix : Tensor.concatenate(1, prefix, rows(backend, captions, shown));
    Tensor positions = gpt2.positions(backend, 0, all.shape().extent(1));
    Tensor placed = all.plus(times == 1 ? positions : positions.times(times));
    return gpt2.forward(placed, Pass.training(lengths, dropout.at("gpt2")));
  }

  /// Embeddings `[B, length, C]`; places behind the end hold the end token.
  private Tensor rows(Backend backend, int[][] captions, int length) {
    int[] tokens =
        Arrays.stream(captions).flatMapToInt(c -> IntStream.of(padded(c, length))).toArray();
    return gpt2.embed(backend, tokens).reshape(captions.length, length, -1);
  }

  private int[] padded(int[] tokens, int length) {
    int[] padded = Arrays.copyOf(tokens, length);
    if (tokens.length < length) {
      Arrays.fill(padded, tokens.length, length, end);
    }
    return padded;
  }
}
