package org.clipscribe.clip;

import java.util.Arrays;

/// Texts as tokens, all of one length.
///
/// @param tokens ids `[B][T]`
/// @param lengths `[B]`, how many leading tokens of each text are real; those behind only pad
public record TextBatch(int[][] tokens, int[] lengths) {
  public TextBatch {
    if (tokens.length == 0 || tokens.length != lengths.length) {
      throw new IllegalArgumentException(
          "text batch: %d texts with %d lengths".formatted(tokens.length, lengths.length));
    }
    for (int row = 0; row < tokens.length; row++) {
      if (tokens[row].length != tokens[0].length
          || lengths[row] < 1
          || lengths[row] > tokens[row].length) {
        throw new IllegalArgumentException(
            "text batch: text %d has %d tokens, of which %d are real, and text 0 has %d"
                .formatted(row, tokens[row].length, lengths[row], tokens[0].length));
      }
    }
  }

  /// Number of texts.
  public int size() {
    return tokens.length;
  }

  /// Tokens of each text, padding included.
  public int length() {
    return tokens[0].length;
  }

  /// `[B][T]`, 1 where a token is real and 0 where it pads.
  public int[][] attentionMask() {
    int[][] mask = new int[size()][length()];
    for (int row = 0; row < mask.length; row++) {
      Arrays.fill(mask[row], 0, lengths[row], 1);
    }
    return mask;
  }
}
