package org.clipscribe.convert;

import java.util.Arrays;
import org.clipscribe.nn.NamedTensors;

/// GPT-2's output head is its token embedding. Files hold one of the two or both; ours hold the
/// embedding, and the head only where it is really another matrix.
final class TiedHead {
  private static final String EMBEDDING = "gpt2.wte.weight";
  private static final String HEAD = "gpt2.lm_head.weight";

  private static final int BLOCK = 1 << 18;

  private TiedHead() {}

  /// @return whether the head is the embedding; `tensors` then holds the embedding alone
  static boolean settle(CombinedTensors tensors) {
    if (!tensors.names().contains(HEAD)) {
      return true;
    }
    if (!tensors.names().contains(EMBEDDING)) {
      tensors.rename(HEAD, EMBEDDING);
      return true;
    }
    boolean tied = equal(tensors);
    if (tied) {
      tensors.remove(HEAD);
    }
    return tied;
  }

  private static boolean equal(NamedTensors tensors) {
    if (!tensors.info(HEAD).shape().equals(tensors.info(EMBEDDING).shape())
        || !tensors.info(HEAD).dtype().isFloating()
        || !tensors.info(EMBEDDING).dtype().isFloating()) {
      return false;
    }
    long elements = tensors.info(HEAD).elements();
    float[] head = new float[(int) Math.min(elements, BLOCK)];
    float[] embedding = new float[head.length];
    for (long first = 0; first < elements; first += BLOCK) {
      int count = (int) Math.min(BLOCK, elements - first);
      tensors.readFloats(HEAD, first, count, head);
      tensors.readFloats(EMBEDDING, first, count, embedding);
      if (Arrays.mismatch(head, 0, count, embedding, 0, count) >= 0) {
        return false;
      }
    }
    return true;
  }
}
