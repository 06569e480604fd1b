package org.clipscribe.tensor.spi;

/// Memory that holds the elements of tensors; what is inside is known only to the back-end that
/// owns it.
public interface Storage {
  /// Capacity in elements.
  int size();
}
