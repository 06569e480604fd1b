package org.clipscribe.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/// The extents of a tensor, outermost first. Rank 0 is a scalar; an extent of 0 makes an empty
/// tensor.
public final class Shape {
  private final int[] extents;
  private final int size;

  private Shape(int[] extents) {
    long product = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("shape: negative extent in " + Arrays.toString(extents));
      }
      product *= extent;
      if (product > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "shape: " + Arrays.toString(extents) + " holds more elements than a Java array can");
      }
    }
    this.extents = extents;
    this.size = (int) product;
  }

  /// @throws IllegalArgumentException when an extent is negative or the product exceeds what an
  ///     array holds
  public static Shape of(int... extents) {
    return new Shape(extents.clone());
  }

  public int rank() {
    return extents.length;
  }

  /// Number of elements.
  public int size() {
    return size;
  }

  /// One extent; negative axes count from the end, so `extent(-1)` is the innermost.
  public int extent(int axis) {
    return extents[axis < 0 ? axis + extents.length : axis];
  }

  /// The innermost extent; 1 for a scalar.
  public int last() {
    return extents.length == 0 ? 1 : extents[extents.length - 1];
  }

  /// How many rows of [#last()] elements there are.
  public int rows() {
    return extents.length == 0 ? 1 : size / Math.max(1, last());
  }

  /// The same shape with another innermost extent.
  public Shape withLast(int extent) {
    int[] changed = extents.clone();
    changed[changed.length - 1] = extent;
    return new Shape(changed);
  }

  /// The same shape with one extent replaced; negative axes count from the end.
  public Shape with(int axis, int extent) {
    int[] changed = extents.clone();
    changed[axis < 0 ? axis + extents.length : axis] = extent;
    return new Shape(changed);
  }

  /// Whether this is a trailing part of `other`, the only broadcast there is.
  public boolean isSuffixOf(Shape other) {
    int skipped = other.extents.length - extents.length;
    return skipped >= 0
        && Arrays.equals(extents, 0, extents.length, other.extents, skipped, other.extents.length);
  }

  public int[] toArray() {
    return extents.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /// Like `[50, 768]`.
  @Override
  public String toString() {
    return Arrays.stream(extents)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
