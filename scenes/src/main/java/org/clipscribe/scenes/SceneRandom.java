package org.clipscribe.scenes;

/// Random numbers that are the same on every platform and in every version: SplitMix64 (Steele,
/// Lea and Flood, 2014, "Fast splittable pseudorandom number generators"). Not for secrets; not
/// shared between threads.
final class SceneRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /// The stream of one scene: near seeds and indices give unrelated streams.
  SceneRandom(long seed, long index) {
    state = mix(mix(seed + GOLDEN_GAMMA) ^ index);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /// A whole number from 0 to below `bound`; the bias of at most `bound / 2^31` does not matter
  /// here.
  int below(int bound) {
    return (int) (((nextLong() >>> 33) * bound) >>> 31);
  }

  /// A whole number from `low` to `high`, both included.
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  /// A number from `low` to below `high`.
  float between(float low, float high) {
    return low + (high - low) * (nextLong() >>> 40) * 0x1p-24f;
  }

  /// True in `percent` of a hundred cases.
  boolean chance(int percent) {
    return below(100) < percent;
  }

  /// One of several, all equally likely.
  @SafeVarargs
  final <T> T of(T... choices) {
    return choices[below(choices.length)];
  }
}
