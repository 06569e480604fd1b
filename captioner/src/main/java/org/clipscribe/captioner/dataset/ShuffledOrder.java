package org.clipscribe.captioner.dataset;

/// The numbers from 0 to `size - 1` in an order that looks random: a permutation that is computed
/// and not stored, so that going on from the middle costs nothing.
///
/// A Feistel network over the next power of four permutes a range that holds all numbers; what
/// falls outside is sent through again until it falls inside ("cycle walking", Black and Rogaway,
/// *Ciphers with arbitrary finite domains*, 2002), at most four times on average. The order
/// depends on seed, epoch and size alone and never changes between releases: checkpoints rely on
/// it.
///
/// @param seed of a run
/// @param epoch each has an order of its own
/// @param size how many numbers there are
public record ShuffledOrder(long seed, long epoch, int size) {
  /// Four make a pseudo-random permutation of any good round function (Luby and Rackoff, 1988);
  /// ranges here are so small that two more do no harm.
  private static final int ROUNDS = 6;

  /// 2^64 divided by the golden ratio, made odd: far from any pattern that seeds have.
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /// @throws IllegalArgumentException when there is nothing to order
  public ShuffledOrder {
    if (size < 1) {
      throw new IllegalArgumentException("order of " + size + " samples: expected at least 1");
    }
  }

  /// The number at a position.
  ///
  /// @param position from 0 to `size - 1`
  public int at(int position) {
    if (position < 0 || position >= size) {
      throw new IndexOutOfBoundsException("position " + position + " of " + size);
    }
    int half = halfBits();
    long key = mix(mix(seed + GOLDEN) + epoch);
    long value = position;
    do {
      value = permuted(value, half, key);
    } while (value >= size);
    return (int) value;
  }

  /// Half the bits of the smallest range of an even number of bits that holds all numbers.
  private int halfBits() {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
    return Math.max(1, (bits + 1) / 2);
  }

  private static long permuted(long value, int half, long key) {
    long mask = (1L << half) - 1;
    long left = value >>> half;
    long right = value & mask;
    for (int round = 1; round <= ROUNDS; round++) {
      long next = left ^ (mix(key + round * GOLDEN + right) & mask);
      left = right;
      right = next;
    }
    return left << half | right;
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
  static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
