package org.clipscribe.gpt2;

import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.tensor.RowBuffer;
import org.clipscribe.tensor.Shape;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.spi.Backend;

/// The keys and values of every layer for the positions that a decoder has seen, so that a step
/// computes new positions only. Grows with each forward pass; to start over, make a new one. Not
/// thread-safe.
///
/// Holds one sequence or several of the same length, its lanes `B`, which grow together. A row of
/// its buffers is one position of all lanes, side by side: what a step adds is contiguous that way,
/// and to the attention the lanes are just more heads.
public final class KvCache {
  private record Layer(RowBuffer keys, RowBuffer values) {}

  /// Keys and values of one layer, each `[T, B * C]`: lane by lane within a row, and head by head
  /// within a lane.
  public record KeysValues(Tensor keys, Tensor values) {}

  private final Backend backend;
  private final List<Layer> layers;
  private final int lanes;
  private final int capacity;
  private final int width;

  /// @param lanes sequences, at least 1
  /// @param capacity the most positions it can ever hold
  /// @param width `C`
  KvCache(Backend backend, int layers, int lanes, int capacity, int width) {
    if (lanes < 1) {
      throw new IllegalArgumentException("cache: " + lanes + " lanes, at least 1");
    }
    this.backend = backend;
    this.layers =
        IntStream.range(0, layers)
            .mapToObj(
                _ ->
                    new Layer(
                        new RowBuffer(backend, capacity, lanes * width),
                        new RowBuffer(backend, capacity, lanes * width)))
            .toList();
    this.lanes = lanes;
    this.capacity = capacity;
    this.width = width;
  }

  /// Sequences that it holds.
  public int lanes() {
    return lanes;
  }

  /// Positions seen so far, of each lane.
  public int size() {
    return layers.getLast().keys().size();
  }

  /// The most positions this can ever hold, of each lane.
  public int capacity() {
    return capacity;
  }

  /// What one layer has seen so far.
  public KeysValues layer(int layer) {
    Layer buffers = layers.get(layer);
    return new KeysValues(buffers.keys().rows(), buffers.values().rows());
  }

  /// A new cache of some of these lanes, in the order asked for: leaves out sequences that have
  /// ended, and with a lane named twice branches it, as a beam search does. This cache stays as it
  /// is.
  ///
  /// @param chosen numbers of lanes, at least one
  /// @throws IllegalArgumentException when there is no such lane, or none is chosen
  public KvCache select(int... chosen) {
    KvCache selected = new KvCache(backend, layers.size(), chosen.length, capacity, width);
    for (int i = 0; i < layers.size(); i++) {
      KeysValues all = layer(i);
      selected.layers.get(i).keys().append(select(all.keys(), chosen));
      selected.layers.get(i).values().append(select(all.values(), chosen));
    }
    return selected;
  }

  private Tensor select(Tensor rows, int[] chosen) {
    int positions = rows.shape().extent(0);
    return rows.reshape(positions, lanes, width)
        .select(1, chosen)
        .reshape(positions, chosen.length * width);
  }

  /// @throws IllegalArgumentException when the shape is not that of positions of these lanes
  void check(Shape embeddings) {
    int rank = embeddings.rank();
    boolean fits = (rank == 3 && embeddings.extent(0) == lanes) || (rank == 2 && lanes == 1);
    if (!fits || embeddings.last() != width) {
      throw new IllegalArgumentException(
          "GPT-2: embeddings %s with a cache for [%d, T, %d]".formatted(embeddings, lanes, width));
    }
  }

  /// Adds positions to one layer and returns all of it.
  ///
  /// @param keys `[B, T, C]`
  /// @param values `[B, T, C]`
  /// @throws IllegalArgumentException when they do not fit in
  KeysValues append(int layer, Tensor keys, Tensor values) {
    Layer buffers = layers.get(layer);
    return new KeysValues(
        buffers.keys().append(abreast(keys)), buffers.values().append(abreast(values)));
  }

  /// Puts the lanes side by side: `[B, T, C]` to `[T, B * C]`.
  Tensor abreast(Tensor x) {
    int positions = x.shape().size() / (lanes * width);
    return swapped(x, lanes, positions).reshape(positions, lanes * width);
  }

  /// The reverse: `[T, B * C]` to `[B, T, C]`.
  Tensor apart(Tensor rows) {
    int positions = rows.shape().extent(0);
    return swapped(rows, positions, lanes).reshape(lanes, positions, width);
  }

  /// `[outer, inner, C]` to `[inner, outer, C]`, which are the same elements when one of them is 1,
  /// as in every step after the first.
  private Tensor swapped(Tensor x, int outer, int inner) {
    return outer == 1 || inner == 1 ? x : x.reshape(outer, inner, width).permute(1, 0, 2);
  }
}
