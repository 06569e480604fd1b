package org.clipscribe.gpt2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;

/// What a decoder with cross-attention looks at beside its text: for each of its lanes the states
/// of an encoder, already as the keys and values of every block. Immutable.
///
/// Lanes that look at the same states share them: all that belongs to a lane is the number of its
/// states, so that a beam search copies nothing when it branches.
///
/// @param layers of each block keys and values, each `[S, N, C]`
/// @param looking for each lane which of the `S` states it looks at
public record CrossMemory(List<KeysValues> layers, int[] looking) {
  /// Keys and values of one block, each `[S, N, C]`.
  public record KeysValues(Tensor keys, Tensor values) {}

  public CrossMemory {
    layers = List.copyOf(layers);
    int states = layers.getFirst().keys.shape().extent(0);
    for (int state : looking) {
      if (state < 0 || state >= states) {
        throw new IllegalArgumentException("memory: states " + state + " of " + states);
      }
    }
  }

  /// Each of the states has a lane of its own.
  static CrossMemory of(List<KeysValues> layers) {
    int states = layers.getFirst().keys.shape().extent(0);
    return new CrossMemory(layers, IntStream.range(0, states).toArray());
  }

  /// Goes on with some of the lanes, in the order asked for, as [KvCache#select] does.
  public CrossMemory select(int... lanes) {
    return new CrossMemory(layers, Arrays.stream(lanes).map(lane -> looking[lane]).toArray());
  }

  /// Attention of each lane to its states.
  ///
  /// @param queries `[B, T, C]`, or `[T, C]` for one lane
  /// @return the same shape
  /// @throws IllegalArgumentException when there are not as many lanes as this is for
  Tensor attend(int layer, Tensor queries, int heads, Dropout dropout) {
    KeysValues all = layers.get(layer);
    Tensor q = lanes(queries);
    List<Tensor> mixed = new ArrayList<>();
    for (Run run : runs()) {
      // Nothing is causal here, so lanes that look at the same states are just more queries.
      int lanes = run.states * run.lanesEach;
      Tensor part =
          q.slice(0, run.firstLane, run.firstLane + lanes)
              .reshape(run.states, -1, q.shape().last());
      Tensor keys = all.keys.leading(run.firstState, run.firstState + run.states);
      Tensor values = all.values.leading(run.firstState, run.firstState + run.states);
      mixed.add(
          part.attention(keys, values, heads, AttentionMask.NONE, dropout)
              .reshape(lanes, -1, q.shape().last()));
    }
    Tensor first = mixed.getFirst();
    Tensor joined =
        mixed.size() == 1
            ? first
            : Tensor.concatenate(0, first, mixed.subList(1, mixed.size()).toArray(Tensor[]::new));
    return joined.reshape(queries.shape());
  }

  /// The probabilities behind [#attend], for those who want to look inside.
  ///
  /// @return `[B, H, T, N]`
  Tensor probabilities(int layer, Tensor queries, int heads) {
    Tensor keys = layers.get(layer).keys.select(0, looking);
    return lanes(queries).attentionProbabilities(keys, heads, AttentionMask.NONE);
  }

  private Tensor lanes(Tensor queries) {
    int rank = queries.shape().rank();
    int lanes = rank == 3 ? queries.shape().extent(0) : 1;
    if (lanes != looking.length) {
      throw new IllegalArgumentException(
          "GPT-2: queries %s of a memory for %d lanes".formatted(queries.shape(), looking.length));
    }
    return queries.reshape(lanes, queries.shape().extent(-2), queries.shape().last());
  }

  /// Neighbouring lanes of neighbouring states, each looked at by as many lanes.
  private record Run(int firstLane, int firstState, int states, int lanesEach) {}

  private List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    for (int lane = 0; lane < looking.length; ) {
      int each = lanesAt(lane);
      int states = 1;
      int next = lane + each;
      while (next < looking.length
          && looking[next] == looking[lane] + states
          && lanesAt(next) == each) {
        states++;
        next += each;
      }
      runs.add(new Run(lane, looking[lane], states, each));
      lane = next;
    }
    return runs;
  }

  /// How many lanes from this one on look at the same states.
  private int lanesAt(int lane) {
    int end = lane;
    while (end < looking.length && looking[end] == looking[lane]) {
      end++;
    }
    return end - lane;
  }
}
