package org.clipscribe.clip;

import java.util.List;
import java.util.stream.IntStream;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.AttentionMask;
import org.clipscribe.tensor.Tensor;

/// The layers of a tower. Mirrors `CLIPEncoder` in Hugging Face `modeling_clip.py`.
///
/// Stages that a probe sees: `hidden.0` (the input), `hidden.i` after `i` layers, and those of
/// [Attention] and [Mlp] below `layers.i`.
public record Encoder(List<EncoderLayer> layers) {
  static Encoder of(ParameterSource source, EncoderConfig config) {
    return new Encoder(
        IntStream.range(0, config.layers())
            .mapToObj(i -> EncoderLayer.of(source.at("layers").at(i), config))
            .toList());
  }

  /// @param x `[B, T, C]`
  /// @return `[B, T, C]`
  Tensor forward(Tensor x, AttentionMask mask, Probe probe) {
    Tensor hidden = see(probe, 0, x);
    for (int i = 0; i < layers.size(); i++) {
      hidden = layers.get(i).forward(hidden, mask, probe.at("layers").at(i));
      see(probe, i + 1, hidden);
    }
    return hidden;
  }

  private static Tensor see(Probe probe, int layers, Tensor hidden) {
    probe.at("hidden").observe(Integer.toString(layers), () -> hidden);
    return hidden;
  }
}
