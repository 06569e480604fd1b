package org.clipscribe.tensor;

/// Sets elements to 0 at random while training and scales the others, so that the expected value
/// stays (Srivastava et al., 2014).
///
/// Whether an element stays is a function of the key and its index alone (a counter-based random
/// generator): the same in the gradient as in the value without storing a mask, on every back-end,
/// and whatever the number of threads.
///
/// @param probability of becoming 0, from 0 to below 1
/// @param key which of the 2^64 masks; a model derives one for each place with [#at(String)]
public record Dropout(float probability, long key) {
  /// Changes nothing: inference.
  public static final Dropout NONE = new Dropout(0, 0);

  /// Bits of a random number that decide; a threshold of 24 bits is exact in a float.
  private static final int BITS = 24;

  public Dropout {
    if (!(probability >= 0 && probability < 1)) {
      throw new IllegalArgumentException("dropout: probability " + probability + ", from 0 to < 1");
    }
  }

  public boolean isNone() {
    return probability == 0;
  }

  /// The same with a key for a part of the model, or for a step of training.
  public Dropout at(String name) {
    return isNone() ? this : at(name.hashCode());
  }

  public Dropout at(int index) {
    return isNone()
        ? this
        : new Dropout(probability, mix(key + 0x9e3779b97f4a7c15L * (index + 1L)));
  }

  /// What elements that stay are multiplied by.
  public float factor() {
    return 1 / (1 - probability);
  }

  /// Elements stay whose random number, 24 bits wide, is at least this.
  public int threshold() {
    return Math.round(probability * (1 << BITS));
  }

  /// Whether the element of this index stays.
  public boolean keeps(int index) {
    return (random(index) >>> (Integer.SIZE - BITS)) >= threshold();
  }

  /// 32 random bits. Two rounds of the finaliser of MurmurHash3, one for each half of the key:
  /// 32-bit arithmetic only, so that vector kernels and devices can do the same.
  public int random(int index) {
    return finish(finish(index * 0x9e3779b9 + (int) key) ^ (int) (key >>> 32));
  }

  private static int finish(int bits) {
    int x = (bits ^ (bits >>> 16)) * 0x85ebca6b;
    x = (x ^ (x >>> 13)) * 0xc2b2ae35;
    return x ^ (x >>> 16);
  }

  /// Stafford's variant 13 of the 64-bit finaliser.
  private static long mix(long z) {
    long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
