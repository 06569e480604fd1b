package org.clipscribe.tensor.spi;

/// Storage of the CPU back-ends: a Java array. Activations stay on the heap, where the collector
/// frees them.
public record HostStorage(float[] array) implements Storage {
  @Override
  public int size() {
    return array.length;
  }
}
