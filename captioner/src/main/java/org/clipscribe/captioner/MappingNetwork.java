package org.clipscribe.captioner;

import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Dropout;
import org.clipscribe.tensor.Tensor;

/// Turns an image embedding into rows that GPT-2 reads as if they were words.
///
/// Stages that a probe sees: `prefix`, and `layers.i` of those that have layers.
public sealed interface MappingNetwork permits EncoderMapping, MlpMapping, TransformerMapping {
  /// @param source the place in a checkpoint, `mapping` in a bundle
  static MappingNetwork of(ParameterSource source, MappingConfig config) {
    return switch (config) {
      case MappingConfig.Encoder encoder -> EncoderMapping.of(source, encoder);
      case MappingConfig.Mlp mlp -> MlpMapping.of(source, mlp);
      case MappingConfig.Transformer transformer -> TransformerMapping.of(source, transformer);
    };
  }

  /// Rows that it makes, `P`.
  int prefixLength();

  /// @param embeddings image embeddings `[B, D]`
  /// @param dropout for training
  /// @return prefixes `[B, P, C]`
  Tensor forward(Tensor embeddings, Probe probe, Dropout dropout);

  /// The same without dropout.
  default Tensor forward(Tensor embeddings, Probe probe) {
    return forward(embeddings, probe, Dropout.NONE);
  }
}
