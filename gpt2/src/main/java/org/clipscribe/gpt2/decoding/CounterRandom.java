package org.clipscribe.gpt2.decoding;

/// Random numbers by their number: each is a hash of the seed and of where it is used, so that no
/// draw depends on how many there were before, on what threads do, or on the platform.
///
/// The hash is the finaliser of SplitMix64 (Steele et al., 2014), once for each part of the key.
///
/// @param seed any number
record CounterRandom(long seed) {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /// @return from 0 to below 1, one of 2^53 equally likely values
  double uniform(long stream, long index) {
    long hash = mix(mix(mix(seed) + stream) + index);
    return (hash >>> 11) * 0x1p-53;
  }

  private static long mix(long value) {
    long z = value + GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
