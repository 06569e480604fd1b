package org.clipscribe.gpt2;

import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.tensor.RowBuffer;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// The keys and values of every layer for the positions that a decoder has seen, so that a step
/// computes new positions only. Grows with each forward pass; to start over, make a new one. Not
/// thread-safe.
public final class KvCache {
  private record Layer(RowBuffer keys, RowBuffer values) {}

  /// Keys and values of one layer, each `[T, C]`, head by head within a row.
  public record KeysValues(Tensor keys, Tensor values) {}

  private final List<Layer> layers;
  private final int capacity;

  /// @param capacity the most positions it can ever hold
  /// @param width `C`
  KvCache(Backend backend, int layers, int capacity, int width) {
    this.layers =
        IntStream.range(0, layers)
            .mapToObj(
                _ ->
                    new Layer(
                        new RowBuffer(backend, capacity, width),
                        new RowBuffer(backend, capacity, width)))
            .toList();
    this.capacity = capacity;
  }

  /// Positions seen so far.
  public int size() {
    return layers.getLast().keys().size();
  }

  /// The most positions this can ever hold.
  public int capacity() {
    return capacity;
  }

  /// What one layer has seen so far.
  public KeysValues layer(int layer) {
    Layer buffers = layers.get(layer);
    return new KeysValues(buffers.keys().rows(), buffers.values().rows());
  }

  /// Adds positions to one layer and returns all of it.
  ///
  /// @throws IllegalArgumentException when they do not fit in
  KeysValues append(int layer, Tensor keys, Tensor values) {
    Layer buffers = layers.get(layer);
    return new KeysValues(buffers.keys().append(keys), buffers.values().append(values));
  }
}
