package org.clipscribe.tensor.vector;

import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The vector shape of this JVM, and what depends on it.
///
/// Loops over vectors call the methods of the JDK's vectors themselves, without helpers of ours in
/// between: C2 inlines those always, but ours only until a compilation has grown to a certain size
/// (`NodeCountInliningCutoff`). From there on every vector that a helper takes or returns is an
/// object on the heap, and a loop many times slower: the derivative of GELU took 3 to 6 ns an
/// element instead of 0.4.
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

  /// `a * b + c` rounded the same way, for the elements that do not fill a vector.
  static float multiplyAdd(float a, float b, float c) {
    return Math.fma(a, b, c);
  }

  /// Sum of all lanes, always in the same order; `reduceLanes` leaves the order open and gives
  /// other results in compiled code than in interpreted code. An array, because a vector that is
  /// handed to a method which C2 does not inline becomes an object.
  ///
  /// @param lanes of a vector
  static float sum(float[] lanes) {
    return switch (COUNT) {
      case 4 -> four(lanes, 0, 1);
      case 8 -> four(lanes, 0, 2) + four(lanes, 1, 2);
      default -> (four(lanes, 0, 4) + four(lanes, 2, 4)) + (four(lanes, 1, 4) + four(lanes, 3, 4));
    };
  }

  private static float four(float[] x, int at, int step) {
    return (x[at] + x[at + 2 * step]) + (x[at + step] + x[at + 3 * step]);
  }
}
