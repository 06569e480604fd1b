package org.clipscribe.captioner;

import org.clipscribe.clip.VisionConfig;
import org.clipscribe.clip.VisionTransformer;
import org.clipscribe.nn.Linear;
import org.clipscribe.nn.ParameterSource;
import org.clipscribe.nn.Probe;
import org.clipscribe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The half of a captioner that looks: from pixels to what the decoder is given of a picture.
public sealed interface ImageReader {
  /// Asks for the weights below `clip` and `mapping`, or below `vit` and `enc_to_dec_proj`.
  static ImageReader of(ParameterSource source, BundleConfig config) {
    return config
        .mapping()
        .<ImageReader>map(mapping -> PrefixReader.of(source, config.vision(), mapping))
        .orElseGet(() -> StateReader.of(source, config.vision(), config.gpt2().width()));
  }

  /// The tower that looks.
  VisionTransformer vision();

  /// @param pixels normalised `[B, 3, S, S]`
  ImageContext read(Tensor pixels, Probe probe);

  /// CLIP's vector of a picture, made a prefix by a mapping network: clip-gpt-captioning, ClipCap.
  record PrefixReader(ImageTower tower, MappingNetwork mapping) implements ImageReader {
    private static PrefixReader of(
        ParameterSource source, VisionConfig vision, MappingConfig mapping) {
      return new PrefixReader(
          ImageTower.of(source.at("clip"), vision, mapping),
          MappingNetwork.of(source.at("mapping"), mapping));
    }

    @Override
    public VisionTransformer vision() {
      return tower.vision();
    }

    @Override
    public ImageContext.Prefix read(Tensor pixels, Probe probe) {
      Tensor embedding = tower.embed(pixels, probe.at("clip"));
      probe.observe("embedding", () -> embedding);
      return new ImageContext.Prefix(mapping.forward(embedding, probe.at("mapping")));
    }
  }

  /// All that a ViT says of every patch. Mirrors `VisionEncoderDecoderModel` in Hugging Face
  /// `modeling_vision_encoder_decoder.py`.
  ///
  /// @param projection `enc_to_dec_proj`, null where tower and decoder are equally wide
  record StateReader(VisionTransformer vision, @Nullable Linear projection) implements ImageReader {
    private static StateReader of(ParameterSource source, VisionConfig vision, int width) {
      return new StateReader(
          VisionTransformer.of(source.at("vit"), vision),
          vision.width() == width
              ? null
              : Linear.of(source.at("enc_to_dec_proj"), vision.width(), width));
    }

    @Override
    public ImageContext.States read(Tensor pixels, Probe probe) {
      Tensor seen = vision.forward(pixels, probe.at("vit")).lastHiddenState();
      Tensor states = projection == null ? seen : projection.forward(seen);
      probe.observe("states", () -> states);
      return new ImageContext.States(states);
    }
  }
}
