package org.clipscribe.tensor.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static org.clipscribe.tensor.vector.Lanes.FLOATS;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.clipscribe.tensor.Dropout;

/// Loops over random numbers that are functions of an index: [Dropout#random], a vector at a time.
final class Randoms {
  private static final IntVector PLACES = IntVector.zero(Lanes.INTS).addIndex(1);

  private Randoms() {}

  /// Dropout in place of `count` elements from `at` on, whose numbers go from `number` on.
  static void drop(Dropout dropout, float[] x, int at, int number, int count) {
    float factor = dropout.factor();
    int low = (int) dropout.key();
    int high = (int) (dropout.key() >>> 32);
    int threshold = dropout.threshold();
    int bound = FLOATS.loopBound(count);
    for (int i = 0; i < bound; i += Lanes.COUNT) {
      IntVector bits = PLACES.add(number + i).mul(0x9e3779b9).add(low);
      for (int round = 0; round < 2; round++) { // written out in Dropout#random
        bits = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 16));
        bits = bits.mul(0x85ebca6b);
        bits = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 13));
        bits = bits.mul(0xc2b2ae35);
        bits = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 16));
        bits = bits.lanewise(VectorOperators.XOR, round == 0 ? high : 0);
      }
      fromArray(FLOATS, x, at + i)
          .mul(factor)
          .blend(
              0,
              bits.lanewise(VectorOperators.LSHR, 8)
                  .compare(VectorOperators.LT, threshold)
                  .cast(FLOATS))
          .intoArray(x, at + i);
    }
    for (int i = bound; i < count; i++) {
      x[at + i] = dropout.keeps(number + i) ? x[at + i] * factor : 0;
    }
  }
}
