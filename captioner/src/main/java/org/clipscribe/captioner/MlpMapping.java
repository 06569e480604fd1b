package org.clipscribe.captioner;

import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;
import org.clipscribe.tensor.Unary;

/// ClipCap's mapping network for a decoder that was trained with it: linear layers with tanh
/// between them, or a single one. Mirrors `MLP` of ClipCap's `train.py`; checkpoint names are those
/// below `clip_project`.
///
/// @param layers in order; the last makes `[prefixLength * width]`
/// @param prefixLength `P`
public record MlpMapping(List<Linear> layers, int prefixLength) implements MappingNetwork {

  static MlpMapping of(ParameterSource source, MappingConfig.Mlp config) {
    List<Integer> sizes = config.sizes();
    int count = sizes.size() - 1;
    return new MlpMapping(
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    // With a single layer there is no list, and with more every other is a tanh.
                    Linear.of(
                        count == 1 ? source : source.at("model").at(2 * i),
                        sizes.get(i),
                        sizes.get(i + 1)))
            .toList(),
        config.prefixLength());
  }

  /// @param dropout not used: ClipCap has none here
  @Override
  public Tensor forward(Tensor embeddings, Probe probe, Dropout dropout) {
    Tensor x = embeddings;
    for (Linear layer : layers.subList(0, layers.size() - 1)) {
      x = layer.forward(x, Unary.TANH);
    }
    Tensor rows = layers.getLast().forward(x);
    Tensor prefix = rows.reshape(rows.shape().extent(0), prefixLength, -1);
    probe.observe("prefix", () -> prefix);
    return prefix;
  }
}
