package org.clipscribe.tensor.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The vector shape of this JVM, and what depends on it.
///
/// Static finals, because C2 compiles vector code well only when it sees the species as a constant.
/// That is also why one JVM has one width, chosen when this class is initialised.
final class Lanes {
  static final VectorSpecies<Float> FLOATS = shape().withLanes(float.class);
  static final VectorSpecies<Integer> INTS = shape().withLanes(int.class);

  /// Floats in a vector: 4, 8 or 16.
  static final int COUNT = FLOATS.length();

  private static final boolean X86 =
      System.getProperty("os.arch").equals("amd64") || System.getProperty("os.arch").equals("x86");

  /// Whether the CPU has 32 vector registers: all but x86 before AVX-512. A forced narrow width on
  /// AVX-512 does not count, so that tests see the other kernel.
  static final boolean MANY_REGISTERS = !X86 || COUNT == 16;

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  private Lanes() {}

  /// Whether the CPU multiplies and adds in one instruction; where it does not, the Java library
  /// emulates that some hundred times slower. x86 got it with the 256-bit integer instructions.
  static boolean multiplyAddIsFast() {
    return !X86 || VectorShape.preferredShape().vectorBitSize() >= 256;
  }

  private static VectorShape shape() {
    // A panel is 4 groups of 16 columns, and a vector must not reach over a group.
    int preferred = Math.min(512, VectorShape.preferredShape().vectorBitSize());
    return VectorShape.forBitSize(Integer.getInteger(VectorProvider.BITS_PROPERTY, preferred));
  }

  private static VectorShuffle<Float> rotate(int by) {
    return VectorShuffle.iota(FLOATS, by % COUNT, 1, true);
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(FLOATS, array, index);
  }

  /// `a * b + c`
  static FloatVector multiplyAdd(FloatVector a, FloatVector b, FloatVector c) {
    return a.fma(b, c);
  }

  /// `a * b + c`
  static FloatVector multiplyAdd(FloatVector a, FloatVector b, float c) {
    return multiplyAdd(a, b, broadcast(c));
  }

  /// `a * b + c` rounded the same way, for the elements that do not fill a vector.
  static float multiplyAdd(float a, float b, float c) {
    return Math.fma(a, b, c);
  }

  /// Sum of all lanes, always in the same order; `reduceLanes` leaves the order open and gives
  /// other results in compiled code than in interpreted code.
  static float sum(FloatVector x) {
    FloatVector sum = x;
    if (COUNT > 8) {
      sum = sum.add(sum.rearrange(ROTATE_8));
    }
    if (COUNT > 4) {
      sum = sum.add(sum.rearrange(ROTATE_4));
    }
    if (COUNT > 2) {
      sum = sum.add(sum.rearrange(ROTATE_2));
    }
    return sum.add(sum.rearrange(ROTATE_1)).lane(0);
  }
}
