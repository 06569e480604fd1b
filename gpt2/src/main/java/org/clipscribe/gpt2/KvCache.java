package org.clipscribe.gpt2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private final List<Layer> layers = new ArrayList<>();
  private final int capacity;
  private final int width;
  private int lanes;

  /// @param lanes sequences, at least 1
  /// @param capacity the most positions it can ever hold
  /// @param width `C`
  KvCache(Backend backend, int layers, int lanes, int capacity, int width) {
    if (lanes < 1) {
      throw new IllegalArgumentException("cache: " + lanes + " lanes, at least 1");
    }
    this.backend = backend;
    this.capacity = capacity;
    this.width = width;
    this.lanes = lanes;
    for (int i = 0; i < layers; i++) {
      this.layers.add(newLayer(lanes));
    }
  }

  private Layer newLayer(int count) {
    return new Layer(
        new RowBuffer(backend, capacity, count * width),
        new RowBuffer(backend, capacity, count * width));
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

  /// What one layer has seen so far; good until the next [#select].
  public KeysValues layer(int layer) {
    Layer buffers = layers.get(layer);
    return new KeysValues(buffers.keys().rows(), buffers.values().rows());
  }

  /// Goes on with some of the lanes, in the order asked for: leaves out sequences that have ended,
  /// and branches one whose lane is named twice, as a beam search does.
  ///
  /// @param chosen numbers of lanes, at least one; lane `i` from now on is what `chosen[i]` was
  /// @throws IllegalArgumentException when there is no such lane, or none is chosen
  public void select(int... chosen) {
    if (chosen.length == 0 || Arrays.stream(chosen).anyMatch(lane -> lane < 0 || lane >= lanes)) {
      throw new IllegalArgumentException(
          "cache: lanes %s of %d".formatted(Arrays.toString(chosen), lanes));
    }
    if (chosen.length == lanes && staysInPlace(chosen)) {
      overwrite(chosen);
      return;
    }
    // Layer by layer, so that the whole never is in memory twice.
    for (int i = 0; i < layers.size(); i++) {
      Layer selected = newLayer(chosen.length);
      selected.keys().append(select(layer(i).keys(), chosen));
      selected.values().append(select(layer(i).values(), chosen));
      layers.set(i, selected);
    }
    lanes = chosen.length;
  }

  /// Whether every lane that goes on does so where it is, so that only lanes that end make room for
  /// branches.
  private static boolean staysInPlace(int[] chosen) {
    return Arrays.stream(chosen).allMatch(lane -> chosen[lane] == lane);
  }

  /// Copies the branches into place: of a beam search most lanes stay what they were.
  private void overwrite(int[] chosen) {
    for (int lane = 0; lane < lanes; lane++) {
      if (chosen[lane] != lane) {
        for (Layer layer : layers) {
          layer.keys().copyWithinRows(chosen[lane] * width, lane * width, width);
          layer.values().copyWithinRows(chosen[lane] * width, lane * width, width);
        }
      }
    }
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
