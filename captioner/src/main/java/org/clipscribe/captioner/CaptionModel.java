package org.clipscribe.captioner;

import org.clipscribe.clip.VisionTransformer;
import org.clipscribe.gpt2.Gpt2;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;

/// The three networks of a captioner, with the names they have in a bundle.
///
/// @param vision below `clip.vision_model`
/// @param mapping below `mapping`
/// @param gpt2 below `gpt2`
public record CaptionModel(VisionTransformer vision, MappingNetwork mapping, Gpt2 gpt2) {
  public static CaptionModel of(ParameterSource source, BundleConfig config) {
    return new CaptionModel(
        VisionTransformer.of(source.at("clip").at("vision_model"), config.clip()),
        MappingNetwork.of(source.at("mapping"), config.mapping()),
        Gpt2.of(source.at("gpt2"), config.gpt2()));
  }

  /// From pixels to what the decoder reads.
  ///
  /// @param pixels normalised `[B, 3, S, S]`
  /// @return prefixes `[B, P, C]`
  public Tensor prefix(Tensor pixels, Probe probe) {
    Tensor embedding = vision.forward(pixels, probe.at("clip").at("vision_model")).poolerOutput();
    probe.observe("embedding", () -> embedding);
    return mapping.forward(embedding, probe.at("mapping"));
  }
}
