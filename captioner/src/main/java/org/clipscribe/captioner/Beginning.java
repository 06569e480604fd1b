package org.clipscribe.captioner;

import java.util.Arrays;
import org.clipscribe.gpt2.CrossMemory;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;
import org.jspecify.annotations.Nullable;

/// What a decoder has of pictures when captions begin.
///
/// @param rows read before the first word, `[B, S, C]`, positions not added
/// @param memory looked at beside the text, or null
record Beginning(Tensor rows, @Nullable CrossMemory memory) {
  /// @param endOfText begins a text where the form names no other token
  static Beginning of(
      Backend backend, Gpt2 gpt2, ImageContext context, CaptionForm form, int endOfText) {
    return switch (context) {
      case ImageContext.Prefix(Tensor rows) ->
          new Beginning(
              form.architecture().begins()
                  ? Tensor.concatenate(
                      1, begin(backend, gpt2, rows.shape().extent(0), form, endOfText), rows)
                  : rows,
              null);
      case ImageContext.States(Tensor states) ->
          new Beginning(
              begin(backend, gpt2, states.shape().extent(0), form, endOfText),
              gpt2.remember(states));
    };
  }

  /// The begin token of every caption, `[B, 1, C]`.
  private static Tensor begin(
      Backend backend, Gpt2 gpt2, int captions, CaptionForm form, int endOfText) {
    int[] tokens = new int[captions];
    Arrays.fill(tokens, form.begin().orElse(endOfText));
    return gpt2.embed(backend, tokens).reshape(captions, 1, -1);
  }

  int captions() {
    return rows.shape().extent(0);
  }

  /// Rows of each.
  int length() {
    return rows.shape().extent(1);
  }
}
