package org.clipscribe.tensor;

import org.jspecify.annotations.Nullable;

/// Which keys a query sees.
///
/// @param causal with `Tq` queries and `Tk` keys, query `i` sees keys `0 .. Tk - Tq + i`: the
///     queries are the last ones of the sequence, as in decoding over a cache
/// @param keyLengths per batch entry how many leading keys are real; null when all are. A query
///     always sees at least one key, so lengths are at least 1
public record AttentionMask(boolean causal, int @Nullable [] keyLengths) {
  public static final AttentionMask NONE = new AttentionMask(false, null);
  public static final AttentionMask CAUSAL = new AttentionMask(true, null);

  /// How many leading keys query `query` of batch entry `batch` sees.
  public int visible(int batch, int query, int queries, int keys) {
    int visible = causal ? keys - queries + query + 1 : keys;
    return keyLengths == null ? visible : Math.min(visible, keyLengths[batch]);
  }
}
