package org.clipscribe.nn;

import java.util.Set;

/// Tensors by name, whatever holds them: a safetensors file, a set of shards, a PyTorch archive,
/// or a random generator. Reading is done a part at a time, so that nothing needs a second copy of
/// a large matrix. Implementations can be read by many threads at once.
public interface NamedTensors {
  /// What was opened, for error messages: usually the file.
  String origin();

  /// All names, in the order in which they are stored.
  Set<String> names();

  /// What is known about a tensor without reading it.
  ///
  /// @throws IllegalArgumentException when there is no such name
  TensorInfo info(String name);

  /// Reads consecutive elements of a tensor of floating type, row-major, converted to float.
  ///
  /// @param first index of the first element
  /// @param count how many
  /// @param into filled from its start
  /// @throws BadInputException when the tensor is not of floating type or cannot be read
  /// @throws IndexOutOfBoundsException when the range lies outside the tensor or `into`
  void readFloats(String name, long first, int count, float[] into);

  /// The same for integers and booleans.
  void readLongs(String name, long first, int count, long[] into);

  /// All elements of a tensor of floating type.
  ///
  /// @throws BadInputException also when there are more than an array holds
  default float[] floats(String name) {
    float[] values = new float[arrayLength(name)];
    readFloats(name, 0, values.length, values);
    return values;
  }

  /// All elements of a tensor of integers or booleans.
  ///
  /// @throws BadInputException also when there are more than an array holds
  default long[] longs(String name) {
    long[] values = new long[arrayLength(name)];
    readLongs(name, 0, values.length, values);
    return values;
  }

  private int arrayLength(String name) {
    long elements = info(name).elements();
    if (elements > Integer.MAX_VALUE - 8) {
      throw new BadInputException(
          origin(), "tensor \"" + name + "\" " + info(name) + " is too large to read whole");
    }
    return (int) elements;
  }
}
